/** What the farm's programs tell is what the agent reads of Buildfarm: two programs that share no code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countsIn } from '../images/agent/farm-demand.ts';
import { readMetrics } from '../images/agent/metrics.ts';
import { readLoad } from '../images/agent/worker-load.ts';
import { createWorkerSwitch } from '../images/agent/worker-switch.ts';
import { agentHasDuties, obeyPause, serverMetrics, tellMetrics, workerMetrics } from '../local/farm/beside-agent.ts';
import { newDirectory, removeDirectory } from '../local/farm/fixtures/temporary.ts';

async function urlOf(samples: Parameters<typeof tellMetrics>[0]): Promise<string> {
  const { port, close } = await tellMetrics(samples, 0);
  onTestFinished(close);
  return `http://127.0.0.1:${port}/metrics`;
}

describe('an agent beside a program of the farm', () => {
  it('counts what waits, by pool, and what runs', async () => {
    const pools = { default: { queued: 3, running: 1 }, '': { queued: 2, running: 0 } };
    const counts = countsIn(await readMetrics(await urlOf(() => serverMetrics({ pools, running: 4 }))));
    const queues = new Map([
      ['default', 3],
      ['', 2],
    ]);
    expect(counts).toEqual({ prequeued: 0, queues, dispatched: 4, accepted: 0 });
  });

  it('knows what a worker does now, and not what it did', async () => {
    const load = { running: 2, actions: 7, busyMs: 1234.5, paused: true };
    const url = await urlOf(() => workerMetrics(load));
    expect(await readLoad(url)).toEqual(load);
    load.running = 0;
    expect(await readLoad(url)).toEqual({ ...load, running: 0 });
  });

  it('pauses a worker, once', async () => {
    const directory = newDirectory();
    onTestFinished(() => removeDirectory(directory));
    let pauses = 0;
    const pause = () => {
      pauses += 1;
    };
    const looking = obeyPause(directory, pause, () => {});
    onTestFinished(() => looking.stop());
    mkdirSync(join(directory, 'root'), { recursive: true });
    writeFileSync(join(directory, 'root', 'other'), '');
    expect(pauses).toBe(0);
    createWorkerSwitch(directory, '10.0.0.1:8981').pause();
    await expect.poll(() => pauses).toBe(1);
  });
});

describe('BBF_DUTIES', () => {
  it('is empty, or says that an agent has them', () => {
    expect([agentHasDuties({}), agentHasDuties({ BBF_DUTIES: '' })]).toEqual([false, false]);
    expect(agentHasDuties({ BBF_DUTIES: 'agent' })).toBe(true);
    expect(() => agentHasDuties({ BBF_DUTIES: 'none' })).toThrow(/BBF_DUTIES is "none"; expected agent/);
  });
});
