/** `bbf want` over loopback, http and https: one GET and one conditional PUT; beside it what the usual clients of S3 take for as much. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { saveContext } from '../cli/context/config.ts';
import { testAuthority } from '../cli/testing/certificates.ts';
import { cleanEnvironment } from '../integration/installation.ts';
import { bbfProgram } from '../integration/programs.ts';
import { NoPython, pythonWith } from '../integration/python.ts';
import { openWorlds, type WorldOnPort } from '../integration/world-on-port.ts';
import { type Candidate, compare, printTable, quietly } from './measure.ts';

const ROUNDS = 21;
const CLUSTER = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: { pools: { default: {} } } };
const KEY = 'clusters/main/cluster.json';

/** The S3 of the local cloud without a reconciler behind it: nothing runs on this machine but the program that is measured and what answers it. */
export async function benchWant(): Promise<void> {
  const worlds = await openWorlds();
  const world = await worlds.fresh({ authorities: '' });
  const front = await secureFront(Number(new URL(world.endpoint).port));
  try {
    await world.put(KEY, CLUSTER);
    const env = await environment(world, front.port);
    const bare = { name: 'node -e 0', run: () => quietly(process.execPath, ['-e', '0'], { env }) };
    const candidates = [bare, ...wants(env), ...(await peers(world, env))];
    printTable('bbf want: one GET and one conditional PUT over loopback', await compare(candidates, ROUNDS));
  } finally {
    front.close();
    world.end();
    await worlds.close();
  }
}

function wants(env: Record<string, string>): Candidate[] {
  let workers = 0;
  const want = (context: string) => async () => {
    workers = (workers + 1) % 4;
    const args = [bbfProgram, 'want', `--workers=${workers}`, '--no-wait', `--context=${context}`];
    await quietly(process.execPath, args, { env });
  };
  return [
    { name: 'bbf want --no-wait, http', run: want('plain') },
    { name: 'bbf want --no-wait, https', run: want('secure') },
  ];
}

async function environment(world: WorldOnPort, securePort: number): Promise<Record<string, string>> {
  const { settings } = world.program;
  const context = { region: 'us-east-1', bucket: world.bucket, installation: 'bbf' };
  await saveContext(settings, 'plain', { ...context, endpoint: world.endpoint });
  await saveContext(settings, 'secure', { ...context, endpoint: `https://127.0.0.1:${securePort}` });
  return cleanEnvironment({
    HOME: world.program.directory,
    AWS_ACCESS_KEY_ID: settings.aws.accessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: settings.aws.secretAccessKey ?? '',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Its certificate is nobody's; Node loads the authorities that it would be held against all the same.
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_NO_WARNINGS: '1',
  });
}

/** TLS in front of a port of this machine. */
async function secureFront(port: number): Promise<{ port: number; close(): void }> {
  const { key, certificate } = testAuthority().issue('127.0.0.1');
  const server = tls.createServer({ key, cert: certificate, noDelay: true }, (client) => {
    const behind = net.connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => behind.destroy());
    behind.on('error', () => client.destroy());
    client.pipe(behind).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as net.AddressInfo).port, close: () => void server.close() };
}

/** Each is left out with a line where it can't be had. */
async function peers(world: WorldOnPort, env: Record<string, string>): Promise<Candidate[]> {
  const body = join(world.program.directory, 'peer.json');
  writeFileSync(body, JSON.stringify(CLUSTER));
  const found: Candidate[] = [];
  const put = ['s3api', 'put-object', `--bucket=${world.bucket}`, '--key=peers/aws', `--body=${body}`];
  const aws = () => quietly('aws', [`--endpoint-url=${world.endpoint}`, ...put], { env });
  try {
    await aws();
    found.push({ name: 'aws s3api put-object: one call', run: aws });
  } catch (error) {
    leftOut('aws', error);
  }
  try {
    const python = await pythonWith('boto3', 'boto3 is not measured');
    const script = boto3Script(world);
    found.push({ name: 'boto3: the same two calls', run: () => quietly(python, ['-c', script], { env }) });
  } catch (error) {
    if (!(error instanceof NoPython)) throw error;
    leftOut('boto3', error);
  }
  return found;
}

function leftOut(name: string, error: unknown): void {
  process.stdout.write(`${name} is left out: ${(error as Error).message.split('\n')[0]}\n`);
}

const boto3Script = ({ endpoint, bucket }: WorldOnPort) => `
import boto3, json
s3 = boto3.client('s3', endpoint_url='${endpoint}')
read = s3.get_object(Bucket='${bucket}', Key='${KEY}')
document = json.loads(read['Body'].read())
document['spec']['pools']['default']['workers'] = 1
s3.put_object(Bucket='${bucket}', Key='${KEY}', Body=json.dumps(document), IfMatch=read['ETag'])
`;
