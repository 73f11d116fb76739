import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { madeAction } from '../fixtures/actions.ts';
import { eventually } from '../fixtures/farm.ts';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { digestOf } from '../wire/digest.ts';
import { CallError, Code } from '../wire/status.ts';
import { type JobOrder, runAction } from './action-run.ts';
import { createDirectoryCache } from './directory-cache.ts';
import { InputCache } from './input-cache.ts';
import type { RemoteBlobs } from './remote-blobs.ts';
import { createSpawner } from './spawner.ts';

const input = Buffer.from('input');

/** Of a shell command with one input file. */
function orderOf(script: string): JobOrder {
  const root = { files: [{ name: 'input', digest: digestOf(input), isExecutable: false }] };
  const { blobs } = madeAction({ command: { arguments: ['/bin/sh', '-c', script] }, root: root as never });
  const [action, command, directory] = blobs as [Buffer, Buffer, Buffer];
  return { name: 'job', action, command, directories: [directory], queued: null };
}

function world(fetch: RemoteBlobs['fetch']) {
  const uploads: string[] = [];
  const remote: RemoteBlobs = {
    fetch,
    upload: async (sources) => {
      uploads.push(...sources.map(({ digest }) => digest.hash));
    },
  };
  const directory = temporaryDirectory();
  const spawner = createSpawner();
  onTestFinished(() => spawner.close());
  const parts = {
    name: 'w',
    cache: new InputCache({ directory: join(directory, 'cache'), maxBytes: 1e6 }),
    directories: createDirectoryCache(),
    remote,
    spawner,
    limits: { defaultTimeoutMs: 60_000, maxStreamBytes: 1e6, maxOutputBytes: 1e6 },
    now: () => 0,
  };
  const work = join(directory, 'work');
  const run = (order: JobOrder, signal = new AbortController().signal) => runAction(parts, order, work, signal);
  return { run, uploads, work };
}

const all: RemoteBlobs['fetch'] = async (digests, whole) => {
  for (const digest of digests) whole(digest, input);
};
const large = 'head -c 100000 /dev/zero';

describe('an action', () => {
  it.each([
    ['a transfer that took too long', Code.DEADLINE_EXCEEDED, Code.UNAVAILABLE],
    ['content that is not what was asked for', Code.DATA_LOSS, Code.UNAVAILABLE],
    ['a code that the worker does not know', 2, Code.UNAVAILABLE],
    ['a full disk', Code.RESOURCE_EXHAUSTED, Code.RESOURCE_EXHAUSTED],
    ['an input tree that is none', Code.INVALID_ARGUMENT, Code.INVALID_ARGUMENT],
  ])('says of %s what it is to its client', async (_what, code, told) => {
    const { run } = world(() => Promise.reject(new CallError(code, 'reason')));
    expect((await run(orderOf('true'))).status).toMatchObject({ code: told, message: 'reason' });
  });

  it('that nobody waits for any more is not begun', async () => {
    const { run, work } = world(all);
    expect((await run(orderOf('true'), AbortSignal.abort())).status?.code).toBe(Code.CANCELLED);
    expect(existsSync(join(work, 'stdout'))).toBe(false);
  });

  it('that nobody waits for any more uploads nothing', async () => {
    const controller = new AbortController();
    const { run, uploads, work } = world(all);
    const running = run(orderOf(`${large}; echo; sleep 60`), controller.signal);
    const said = () => existsSync(join(work, 'stdout')) && readFileSync(join(work, 'stdout')).length > 100_000;
    await eventually('it has said much', said);
    controller.abort();
    expect((await running).status?.code).toBe(Code.CANCELLED);
    expect(uploads).toEqual([]);
  });

  it('uploads what it has said', async () => {
    const { run, uploads } = world(all);
    expect((await run(orderOf(large))).result?.exitCode).toBe(0);
    expect(uploads).toHaveLength(1);
  });
});
