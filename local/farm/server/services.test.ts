import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeAction, madeAction, responseOf, stageOf } from '../fixtures/actions.ts';
import { chance } from '../fixtures/random.ts';
import { newDirectory, removeDirectory } from '../fixtures/temporary.ts';
import { createTestAuthority } from '../fixtures/test-authority.ts';
import { codec, directoryCodec } from '../wire/codec.ts';
import { digestOf, EMPTY_DIGEST } from '../wire/digest.ts';
import type { ActionResult, BlobAnswer, Digest, Directory, Operation, Violation } from '../wire/messages.ts';
import { readName, writeName } from '../wire/resource-name.ts';
import { Code } from '../wire/status.ts';
import { type Channel, methodOf, openChannel } from '../worker/channel.ts';
import { createRemoteBlobs } from '../worker/remote-blobs.ts';
import { createFarmServer, type FarmServer } from './farm-server.ts';
import type { SynchronizeResponse } from './workers-service.ts';

const authority = createTestAuthority();
const directory = newDirectory();
let server: FarmServer;
let client: Channel;
let worker: Channel;

beforeAll(async () => {
  const tls = authority.issue({ role: 'server' });
  server = await createFarmServer({
    address: '127.0.0.1',
    port: 0,
    cluster: 'main',
    tls,
    directory,
    maxBlobBytes: 1e8,
  });
  client = openChannel(`127.0.0.1:${server.port}`, 'main', authority.issue({ role: 'client' }));
  worker = openChannel(`127.0.0.1:${server.port}`, 'main', authority.issue({ role: 'worker' }));
});
afterAll(async () => {
  client.close();
  worker.close();
  await server.close();
  await removeDirectory(directory);
});

const reapi = 'build.bazel.remote.execution.v2';
const cas = (name: string) => methodOf(`${reapi}.ContentAddressableStorage`, name);
const byteStream = (name: string) => methodOf('google.bytestream.ByteStream', name);
const upload = (...blobs: Buffer[]) =>
  createRemoteBlobs(() => client).upload(blobs.map((data) => ({ digest: digestOf(data), data })));
const missing = async (...digests: Digest[]) =>
  (await client.unary<{ missingBlobDigests: Digest[] }>(cas('FindMissingBlobs'), { blobDigests: digests }))
    .missingBlobDigests;

async function readAll(resourceName: string, readOffset = 0, readLimit = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const request = { resourceName, readOffset, readLimit };
  for await (const { data } of client.answers<{ data: Uint8Array }>(byteStream('Read'), request)) chunks.push(data);
  return Buffer.concat(chunks);
}

async function* messages(...requests: object[]) {
  yield* requests;
}

describe('blobs', () => {
  const large = chance(7).bytes(700_000);

  it('are missing until they are uploaded, except for the empty one', async () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('b')];
    expect(await missing(digestOf(a), EMPTY_DIGEST)).toEqual([expect.objectContaining(digestOf(a))]);
    await upload(a);
    expect(await missing(digestOf(a), digestOf(b))).toEqual([expect.objectContaining(digestOf(b))]);
  });

  it('of any size go up and come down by ByteStream, from any offset', async () => {
    const digest = digestOf(large);
    const write = byteStream('Write');
    const half = 300_000;
    const first = { resourceName: `some/instance/${writeName(digest, 'u')}`, data: large.subarray(0, half) };
    const second = { writeOffset: half, data: large.subarray(half), finishWrite: true };
    expect(await client.requests(write, messages(first, second))).toMatchObject({ committedSize: large.length });
    expect(large.equals(await readAll(readName(digest)))).toBe(true);
    expect(large.subarray(500_000, 500_010).equals(await readAll(readName(digest), 500_000, 10))).toBe(true);
    expect(await client.requests(write, messages(first))).toMatchObject({ committedSize: large.length });
    const status = await client.unary(byteStream('QueryWriteStatus'), { resourceName: writeName(digest, 'v') });
    expect(status).toMatchObject({ committedSize: large.length, complete: true });
  });

  it.each([
    ['content that is another', [{ writeOffset: 0, data: Buffer.from('other'), finishWrite: true }]],
    ['a gap', [{ writeOffset: 2, data: Buffer.from('right'), finishWrite: true }]],
    ['an end before the end', [{ writeOffset: 0, data: Buffer.from('rig') }]],
    ['too much', [{ writeOffset: 0, data: Buffer.from('right!'), finishWrite: true }]],
  ])('are refused with %s', async (_what, [first]) => {
    const digest = digestOf(Buffer.from('right'));
    const write = client.requests(byteStream('Write'), messages({ resourceName: writeName(digest, 'u'), ...first }));
    await expect(write).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    expect(await missing(digest)).toHaveLength(1);
  });

  it('that are absent are NOT_FOUND, alone and in a batch', async () => {
    const [there, gone] = [Buffer.from('there'), digestOf(Buffer.from('gone'))];
    await upload(there);
    await expect(readAll(readName(gone))).rejects.toMatchObject({ code: Code.NOT_FOUND });
    const request = { digests: [digestOf(there), gone] };
    const { responses } = await client.unary<{ responses: BlobAnswer[] }>(cas('BatchReadBlobs'), request);
    expect(responses.map(({ status }) => status.code)).toEqual([Code.OK, Code.NOT_FOUND]);
    expect(Buffer.from(responses[0]?.data ?? []).toString()).toBe('there');
  });

  it('are checked one by one in a batch', async () => {
    const requests = [
      { digest: digestOf(Buffer.from('good')), data: Buffer.from('good') },
      { digest: digestOf(Buffer.from('x')), data: Buffer.from('bad') },
      { digest: { hash: '../../../etc/passwd', sizeBytes: 3 }, data: Buffer.from('bad') },
    ];
    const { responses } = await client.unary<{ responses: BlobAnswer[] }>(cas('BatchUpdateBlobs'), { requests });
    const codes = responses.map(({ status }) => status.code);
    expect(codes).toEqual([Code.OK, Code.INVALID_ARGUMENT, Code.INVALID_ARGUMENT]);
  });

  it('that are directories come as a tree, each once', async () => {
    const leaf = directoryCodec.encode({ symlinks: [{ name: 'l', target: 't' }] });
    const nodes = ['a', 'b'].map((name) => ({ name, digest: digestOf(leaf) }));
    const root = directoryCodec.encode({ directories: nodes });
    await upload(leaf, root);
    const pages: Directory[] = [];
    const request = { rootDigest: digestOf(root) };
    for await (const page of client.answers<{ directories: Directory[] }>(cas('GetTree'), request)) {
      pages.push(...page.directories);
    }
    expect(pages.map((page) => page.directories.length)).toEqual([2, 0]);
  });
});

const execution = (name: string) => methodOf(`${reapi}.Execution`, name);
const failure = codec<{ violations: Violation[] }>('google.rpc.PreconditionFailure');

async function operations(stream: AsyncIterable<Operation>): Promise<Operation[]> {
  const all: Operation[] = [];
  for await (const operation of stream) all.push(operation);
  return all;
}
const execute = (action: MadeAction, more: object = {}) =>
  operations(client.answers<Operation>(execution('Execute'), { actionDigest: action.digest, ...more }));

/** One poll of a worker that a test plays itself; polls until there is something to start. */
async function nextJobs(name: string, pool = 'default'): Promise<SynchronizeResponse['start']> {
  const request = {
    name,
    pool,
    slots: 4,
    accepts: true,
    incarnation: '1',
    platform: { properties: [{ name: 'Pool', value: pool }] },
  };
  for (;;) {
    const orders = await worker.unary<SynchronizeResponse>(methodOf('bbf.farm.v1.Workers', 'Synchronize'), request);
    if (orders.start.length > 0) return orders.start;
  }
}
const finish = (name: string, job: string, report: object) =>
  worker.unary(methodOf('bbf.farm.v1.Workers', 'Finish'), { worker: name, results: [{ job, ...report }] });

const unique = (name: string) => madeAction({ command: { arguments: ['/bin/echo', name] } });

describe('executing', () => {
  it('reports every missing blob of the action, whatever it is', async () => {
    const file = Buffer.from('a file nobody uploaded');
    const leaf = directoryCodec.encode({ files: [{ name: 'f', digest: digestOf(file) }] });
    const root = { directories: [{ name: 'd', digest: digestOf(leaf) }] };
    const action = madeAction({ command: { arguments: ['missing'] }, root, others: [leaf, file] });
    const [bytes, command, rootBytes] = action.blobs as [Buffer, Buffer, Buffer];
    const subjects = async () => {
      const response = responseOf((await execute(action)).at(-1) as Operation);
      expect(response?.status?.code).toBe(Code.FAILED_PRECONDITION);
      return failure
        .decode(response?.status?.details[0]?.value ?? Buffer.of())
        .violations.map(({ subject }) => subject);
    };
    const subjectOf = (blob: Buffer) => `blobs/${digestOf(blob).hash}/${blob.length}`;
    expect(await subjects()).toEqual([subjectOf(bytes)]);
    await upload(bytes);
    expect((await subjects()).sort()).toEqual([subjectOf(rootBytes), subjectOf(command)].sort());
    await upload(rootBytes, leaf);
    expect((await subjects()).sort()).toEqual([subjectOf(file), subjectOf(command)].sort());
  });

  it('shares one execution among equal actions, stores its result, and answers from the cache then', async () => {
    const action = unique('shared');
    await upload(...action.blobs);
    const both = [execute(action), execute(action)];
    const [job, ...others] = await nextJobs('w1');
    expect(others).toEqual([]);
    const output = Buffer.from('made');
    const outputFiles = [{ path: 'out', digest: digestOf(output) }];
    const blobs = [{ digest: digestOf(output), data: output }];
    await finish('w1', job?.name ?? '', { result: { exitCode: 0, outputFiles }, blobs, busyMs: 5 });
    for (const seen of await Promise.all(both)) {
      expect(seen.map(stageOf).at(-1)).toBe(4);
      expect(responseOf(seen.at(-1) as Operation)).toMatchObject({ result: { outputFiles }, cachedResult: false });
    }
    const [again] = await execute(action);
    expect(responseOf(again as Operation)).toMatchObject({ cachedResult: true, result: { outputFiles } });
    const get = methodOf(`${reapi}.ActionCache`, 'GetActionResult');
    expect(await client.unary<ActionResult>(get, { actionDigest: action.digest })).toMatchObject({ outputFiles });
  });

  it('runs again what shall not come from the cache', async () => {
    const action = unique('again');
    await upload(...action.blobs);
    for (const round of [1, 2]) {
      const running = execute(action, { skipCacheLookup: true });
      const [job] = await nextJobs(`again${round}`);
      await finish(`again${round}`, job?.name ?? '', {
        result: { exitCode: 0, stdoutRaw: Buffer.from(String(round)) },
      });
      const response = responseOf((await running).at(-1) as Operation);
      expect(Buffer.from(response?.result?.stdoutRaw ?? []).toString()).toBe(String(round));
    }
  });

  it.each([
    ['a failed one', {}, { exitCode: 1 }],
    ['one that forbids it', { doNotCache: true }, { exitCode: 0 }],
  ])('keeps no result of %s', async (what, settings, result) => {
    const action = madeAction({ command: { arguments: [what] }, action: settings });
    await upload(...action.blobs);
    const running = execute(action);
    const name = `keeps ${what}`;
    const [job] = await nextJobs(name);
    await finish(name, job?.name ?? '', { result });
    expect(responseOf((await running).at(-1) as Operation)?.result?.exitCode).toBe(result.exitCode);
    const get = methodOf(`${reapi}.ActionCache`, 'GetActionResult');
    const lookup = client.unary(get, { actionDigest: action.digest });
    await expect(lookup).rejects.toMatchObject({ code: Code.NOT_FOUND });
  });

  it('gives the action to another worker when one has failed, or reports outputs that are not there', async () => {
    const action = unique('second chance');
    await upload(...action.blobs);
    const running = execute(action);
    const [first] = await nextJobs('bad');
    await finish('bad', first?.name ?? '', { status: { code: Code.INTERNAL, message: 'disk full' } });
    const [second] = await nextJobs('liar');
    const outputFiles = [{ path: 'out', digest: digestOf(Buffer.from('never uploaded')) }];
    await finish('liar', second?.name ?? '', { result: { exitCode: 0, outputFiles } });
    const [third] = await nextJobs('good');
    await finish('good', third?.name ?? '', { result: { exitCode: 0 } });
    expect(responseOf((await running).at(-1) as Operation)?.result?.exitCode).toBe(0);
    expect(new Set([first?.name, second?.name, third?.name]).size).toBe(1);
  });

  it('can be waited for by name, also when it is over, and not by any other name', async () => {
    const action = unique('waited for');
    await upload(...action.blobs);
    const running = execute(action);
    const [job] = await nextJobs('waiting');
    const name = job?.name ?? '';
    const waiting = operations(client.answers<Operation>(execution('WaitExecution'), { name }));
    await finish('waiting', name, { result: { exitCode: 7 } });
    await running;
    const late = operations(client.answers<Operation>(execution('WaitExecution'), { name }));
    for (const seen of await Promise.all([waiting, late])) {
      expect(responseOf(seen.at(-1) as Operation)?.result?.exitCode).toBe(7);
    }
    const unknown = operations(client.answers<Operation>(execution('WaitExecution'), { name: 'operations/none' }));
    await expect(unknown).rejects.toMatchObject({ code: Code.NOT_FOUND });
  });

  it('says what is wrong with an action that is none', async () => {
    const nonsense = Buffer.from('\u00ff nonsense');
    await upload(nonsense);
    const response = responseOf((await execute({ digest: digestOf(nonsense), blobs: [] })).at(-1) as Operation);
    expect(response?.status?.code).not.toBe(Code.OK);
    await expect(execute({ digest: { hash: 'x', sizeBytes: 1 }, blobs: [] })).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
    });
  });
});

describe('the action cache of clients', () => {
  const updateMethod = methodOf(`${reapi}.ActionCache`, 'UpdateActionResult');
  const actionDigest = digestOf(Buffer.from('run by the client'));
  const digest = digestOf(Buffer.from('local output'));

  it('takes results whose blobs are there, of successful actions', async () => {
    const actionResult = { exitCode: 0, outputFiles: [{ path: 'o', digest }] };
    const update = (result: object) => client.unary(updateMethod, { actionDigest, actionResult: result });
    await expect(update(actionResult)).rejects.toMatchObject({ code: Code.FAILED_PRECONDITION });
    await upload(Buffer.from('local output'));
    await expect(update({ ...actionResult, exitCode: 1 })).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    expect(await update(actionResult)).toMatchObject({ outputFiles: [{ path: 'o' }] });
  });
});
