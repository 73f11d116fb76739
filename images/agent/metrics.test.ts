import { describe, expect, it } from 'vitest';
import { serverMetrics } from '../../integration/buildfarm-double.ts';
import { countsIn } from './farm-demand.ts';
import { metricsIn } from './metrics.ts';

describe('metrics', () => {
  it.each([
    ['a 3', 3],
    ['a 3.0', 3],
    ['a{x="y",} 3.0', 3],
    ['a{x="y",z="q\\"}u"} 3.0 1395066363000', 3],
    ['a 1.5E3', 1500],
    ['a{x="1"} 1\na{x="2"} 2', 3],
    ['a_total 7.0\na_created 1.7E9', 7],
    ['# TYPE a gauge', undefined],
    ['ab 3', undefined],
    ['a NaN', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('%j has %j of a', (text, sum) => expect(metricsIn(text).sum('a')).toBe(sum));

  it('are told apart by a label', () => {
    const metrics = metricsIn('q{queue_name="cpu",} 2.0\nq{queue_name="a\\"b",} 1.0\n');
    expect([...metrics.by('q', 'queue_name')]).toEqual([
      ['cpu', 2],
      ['a"b', 1],
    ]);
  });
});

it('Buildfarm’s server is counted, before and after it has had an action', () => {
  const state = { prequeued: 1, queues: { default: 4, 'arm--arch': 2 }, dispatched: 3, accepted: 12 };
  const queues = new Map(Object.entries(state.queues));
  expect(countsIn(metricsIn(serverMetrics(state)))).toEqual({ ...state, queues });
  const young = metricsIn('pre_queue_size 0.0\ndispatched_operations_size 0.0\n');
  expect(countsIn(young)).toEqual({ prequeued: 0, queues: new Map(), dispatched: 0, accepted: 0 });
});

it('what is not Buildfarm’s server is nobody idle', () => {
  expect(() => countsIn(metricsIn('process_cpu_seconds_total 1.0\n'))).toThrow('not of Buildfarm’s server');
});
