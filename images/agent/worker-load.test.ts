import { expect, it } from 'vitest';
import { metricsIn } from './metrics.ts';
import { loadIn } from './worker-load.ts';

const IDLE = { execution_slot_usage: 0, input_fetch_slot_usage: 0, report_result_slot_usage: 0 };
const loadOf = (samples: Record<string, number>) =>
  loadIn(
    metricsIn(
      Object.entries(samples)
        .map(([name, value]) => `${name} ${value}.0\n`)
        .join(''),
    ),
  );

it.each([
  ['fetches inputs of', { input_fetch_slot_usage: 1 }],
  ['runs', { execution_slot_usage: 1 }],
  ['uploads outputs of', { report_result_slot_usage: 1 }],
])('a worker that %s an action has one', (_, samples) => expect(loadOf({ ...IDLE, ...samples }).running).toBe(1));

it('a worker of a Buildfarm that knows one stage only has what that one has', () =>
  expect(loadOf({ execution_slot_usage: 2 }).running).toBe(2));

it('what says nothing of execution is no worker', () => expect(() => loadOf({})).toThrow('not of a Buildfarm worker'));

it.each([
  [{}, undefined],
  [{ worker_paused_total: 0 }, false],
  [{ worker_paused_total: 1 }, true],
])('%j says of its pause %s', (samples, paused) => expect(loadOf({ ...IDLE, ...samples }).paused).toBe(paused));
