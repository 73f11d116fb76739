/** What the gateway's HTTP/2 windows are worth: one upload over a round trip of 20 ms, with nginx's own and with ours. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sayPlain } from '../integration/gateway/calls.ts';
import { fourFreePorts, type Ports } from '../integration/gateway/gateway.ts';
import { missingNginx, startGateway } from '../integration/gateway/gateway-process.ts';
import { until } from '../integration/installation.ts';
import { root } from '../integration/programs.ts';
import { chance } from '../local/farm/fixtures/random.ts';
import { createTestAuthority } from '../local/farm/fixtures/test-authority.ts';
import { createFarmServer } from '../local/farm/server/farm-server.ts';
import { digestOf } from '../local/farm/wire/digest.ts';
import { type Channel, methodOf, openChannel } from '../local/farm/worker/channel.ts';
import { openDelayingPipe } from './delaying-pipe.ts';
import { type Candidate, compare, printTable } from './measure.ts';

const ROUND_TRIP_MS = 20;
const SEED = 1;
const BLOB_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const ROUNDS = 5;

/** nginx 1.22's defaults, what the image has, and four times as much. */
const windows: [name: string, stream: string, buffer: string][] = [
  ['nginx’s own windows, 64 KiB', '64k', '16k'],
  ['1 MiB', '1m', '1m'],
  ['4 MiB', '4m', '4m'],
];

const authority = createTestAuthority();
const random = chance(SEED);
const blob = random.bytes(BLOB_BYTES);

export async function benchGateway(): Promise<void> {
  const missing = missingNginx();
  if (missing) throw new Error(missing);
  const directory = mkdtempSync(join(tmpdir(), 'bbf-bench-'));
  const inner = await fourFreePorts();
  const plainPorts = { client: inner[0], worker: inner[2] };
  const farm = await createFarmServer({
    cluster: 'main',
    directory: join(directory, 'farm'),
    maxBlobBytes: 8e9,
    plainPorts,
  });
  const opened: { candidate: Candidate; close(): Promise<void> }[] = [];
  try {
    for (const [name, stream, buffer] of windows) {
      opened.push(await candidateOf(name, imagesWith(directory, stream, buffer), join(directory, stream), inner));
    }
    const rows = await compare(
      opened.map(({ candidate }) => candidate),
      ROUNDS,
    );
    printTable(`One upload of 16 MiB through the gateway, ${ROUND_TRIP_MS} ms away`, rows);
    const [own, ours] = rows;
    process.stdout.write(`  ${((own?.ms ?? 0) / (ours?.ms ?? 1)).toFixed(1)} times as fast with the image's windows\n`);
  } finally {
    for (const { close } of opened) await close();
    await farm.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The image's files, with other windows. */
function imagesWith(directory: string, stream: string, buffer: string): string {
  const images = join(directory, `images-${stream}`);
  cpSync(join(root, 'images', 'gateway'), images, { recursive: true });
  const file = join(images, 'server.conf');
  const text = readFileSync(file, 'utf8');
  const changed = text
    .replace(/http2_body_preread_size \w+;/, `http2_body_preread_size ${stream};`)
    .replace(/client_body_buffer_size \w+;/, `client_body_buffer_size ${buffer};`);
  writeFileSync(file, changed);
  return images;
}

async function candidateOf(name: string, images: string, run: string, innerPorts: Ports) {
  const outerPorts = await fourFreePorts();
  const gateway = await startGateway({
    kind: 'server',
    directory: run,
    address: '127.0.0.1',
    outerPorts,
    innerPorts,
    images,
  });
  gateway.setTls(authority.issue({ role: 'server' }));
  await until('the gateway answers', async () =>
    (await sayPlain(gateway.healthPort, '')) === 'ok\n' ? true : undefined,
  );
  const pipe = await openDelayingPipe(
    { host: '127.0.0.1', port: outerPorts[0] },
    { roundTripMs: ROUND_TRIP_MS, seed: SEED },
  );
  const channel = openChannel(`127.0.0.1:${pipe.port}`, 'main', authority.issue({ role: 'client' }));
  return {
    candidate: { name, run: () => upload(channel) },
    async close() {
      channel.close();
      pipe.close();
      await gateway.close();
    },
  };
}

/** Bytes that the farm has never seen. */
async function upload(channel: Channel): Promise<void> {
  random.bytes(32).copy(blob);
  const { hash, sizeBytes } = digestOf(blob);
  const resourceName = `uploads/00000000-0000-0000-0000-000000000001/blobs/${hash}/${sizeBytes}`;
  async function* pieces() {
    for (let at = 0; at < blob.length; at += PIECE_BYTES) {
      const data = blob.subarray(at, at + PIECE_BYTES);
      yield { resourceName, writeOffset: at, finishWrite: at + data.length === blob.length, data };
    }
  }
  await channel.requests(methodOf('google.bytestream.ByteStream', 'Write'), pieces());
}
