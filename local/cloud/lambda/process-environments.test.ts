/** Environments of functions as real processes: warm reuse, bursts, and when each ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning as runs } from '../ecs/process-mark.ts';
import { esm, functionProcesses } from './process-runtime.fixture.ts';

const { directory, bootstrap, open, invoke } = functionProcesses();

describe('environments', () => {
  const counting = esm('globalThis.n = (globalThis.n ?? 0) + 1; return { n: globalThis.n, pid: process.pid };');

  it('stay warm for the next invocation', async () => {
    open();
    const first = await invoke({ files: counting });
    const second = await invoke({ files: counting });
    expect([first.answer.n, second.answer]).toEqual([1, { n: 2, pid: first.answer.pid }]);
    expect(second.log.at(-1)).not.toContain('Init Duration');
  });

  /** So many invocations at once, none of which ends before all have begun. */
  const together = (count: number) => {
    const meeting = mkdtempSync(join(directory, 'meeting-'));
    const files = esm(`
      const { readdirSync, writeFileSync } = await import('node:fs');
      writeFileSync('${meeting}/' + process.pid, '');
      while (readdirSync('${meeting}').length < ${count}) await new Promise((resolve) => setTimeout(resolve, 5));
      globalThis.n = (globalThis.n ?? 0) + 1;
      return { n: globalThis.n, pid: process.pid };`);
    return { files, answers: Promise.all(Array.from({ length: count }, () => invoke({ files }))) };
  };

  it('run side by side', async () => {
    open();
    expect((await together(3).answers).map(({ answer }) => answer.n)).toEqual([1, 1, 1]);
  });

  it('are not started for a burst that is over before another could have started', async () => {
    open();
    const burst = await Promise.all(Array.from({ length: 8 }, () => invoke({ files: counting })));
    expect(new Set(burst.map(({ answer }) => answer.pid)).size).toBe(1);
    expect(burst.map(({ answer }) => answer.n).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('that end at their start leave nobody waiting', async () => {
    open();
    const files = esm('process.exit(1)');
    const burst = await Promise.all([1, 2, 3].map(() => invoke({ files })));
    expect(burst.map(({ answer }) => answer.errorType)).toEqual(Array(3).fill('Runtime.ExitError'));
  });

  it('are started for nobody who still waits when the cloud ends', async () => {
    const runtime = open();
    const files = esm('await new Promise(() => setInterval(() => {}, 1000));');
    const burst = [1, 2, 3].map(() => invoke({ files }));
    await runtime.stop();
    expect((await Promise.all(burst)).map(({ failed }) => failed)).toEqual([true, true, true]);
  });

  it('shrink to one soon after a burst', async () => {
    open({ surplusIdleMs: 20 });
    const { files, answers } = together(3);
    const burst = await answers;
    const alive = () => burst.filter(({ answer }) => runs(answer.pid)).map(({ answer }) => answer.pid);
    await expect.poll(alive).toHaveLength(1);
    expect((await invoke({ files })).answer).toEqual({ n: 2, pid: alive()[0] });
  });

  it('end when their revision does', async () => {
    const runtime = open();
    const old = (await invoke({ files: counting })).answer.pid;
    runtime.retire('f');
    await expect.poll(() => runs(old)).toBe(false);
    expect((await invoke({ files: counting, revision: '2' })).answer.n).toBe(1);
  });

  it('end when idle, and with the cloud', async () => {
    const first = open({ idleMs: 20 });
    const idle = (await invoke({ files: counting })).answer.pid;
    await expect.poll(() => runs(idle)).toBe(false);
    await first.stop();
    const runtime = open();
    const warm = (await invoke({ files: counting })).answer.pid;
    await runtime.stop();
    expect(runs(warm)).toBe(false);
  });

  it('end when the process that started them goes away', async () => {
    const env = { _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: directory };
    const child = spawn(process.execPath, [bootstrap], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
