import { describe, expect, it } from 'vitest';
import { type Before, drained, old, situation, step } from './capacity.fixture.ts';
import { poolStep, shrinkDue } from './capacity.ts';
import { type Facts, minutes, NOW, serviceOf, servicesOf, worker } from './observation.fixture.ts';

const three = { workers: [worker('a'), worker('b'), worker('c')], server: old };

describe('a pool that grows, or stays', () => {
  const none = { draining: [], lessSince: null };
  it.each([
    ['gets what it wants at once', 5, { target: 5, ...none, reason: 'Grow', evidence: { wanted: 5, desired: 3 } }],
    ['has what it wants', 3, { target: 3, ...none, reason: 'Hold', evidence: { wanted: 3, desired: 3 } }],
  ])('%s', (_rule, wanted, expected) => expect(step({ pool: [3, 3], activity: three }, wanted)).toEqual(expected));

  it('forgets since when it wanted less', () => {
    const s = situation({ pool: [3, 3], activity: three });
    expect(shrinkDue(s, poolStep(s, 'default', 3, false))).toBe(null);
  });

  it('drains a worker that the farm has beyond its count', () => {
    expect(step({ pool: [2, 3], activity: three }, 2).draining).toEqual(['a']);
  });

  it('drains nobody for a worker that has ended, and is registered for a while yet', () => {
    expect(step({ pool: [2, 2], activity: three }, 2).draining).toEqual([]);
    expect(step({ pool: [2, 1], activity: three }, 2).draining).toEqual([]);
  });

  it('lets drain on who was asked before, until the farm knows it no more', () => {
    const ending = { workers: [worker('a'), worker('b'), drained('c')], server: old };
    expect(step({ pool: [2, 2], activity: ending }, 2, { asked: ['c'] }).draining).toEqual(['c']);
  });

  it('drains others in place of those that a roll-out keeps: they are the new ones', () => {
    const four = { workers: [drained('a'), drained('b'), worker('c'), worker('d', { running: 1 })], server: old };
    const services = (rollout: string) =>
      servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 4, { rollout }) });
    const asked = ['a', 'b'];
    expect(step({ services: services('IN_PROGRESS'), activity: four }, 2, { asked }).draining).toEqual(['a', 'b', 'c']);
    expect(step({ services: services('COMPLETED'), activity: four }, 2, { asked }).draining).toEqual(['a', 'b']);
    const two = { workers: [drained('a'), drained('b')], server: old };
    expect(step({ pool: [2, 2], activity: two }, 2, { asked }).draining).toEqual([]);
  });

  it('is left alone while it has no service', () => {
    const hold = { target: 0, ...none, reason: 'Hold', evidence: { wanted: 2, desired: 0 } };
    expect(step({ activity: {} }, 2)).toEqual(hold);
    expect(poolStep(situation({}), 'stranger', 2, false)).toEqual(hold);
  });
});

describe('a pool that shrinks', () => {
  const hold = { target: 3, reason: 'Hold' };
  // rule, facts, wanted, before, in a rush, the step
  const rows: [string, Facts, number, Before, boolean, object][] = [
    [
      'begins its wait when it first wants less',
      { activity: three },
      1,
      { lessSince: null },
      false,
      { ...hold, draining: [], lessSince: NOW, evidence: { wanted: 1, desired: 3, due: false } },
    ],
    [
      'waits for scaleInAfter to the millisecond',
      { activity: three },
      1,
      { lessSince: NOW - minutes(5) + 1 },
      false,
      { ...hold, draining: [], evidence: { wanted: 1, desired: 3, due: false } },
    ],
    [
      'then asks as many to drain as are too many',
      { activity: three },
      1,
      {},
      false,
      { ...hold, draining: ['a', 'b'], evidence: { wanted: 1, desired: 3, draining: 2, removable: 0 } },
    ],
    ['does not wait in a rush', { activity: three }, 1, { lessSince: null }, true, { ...hold, draining: ['a', 'b'] }],
    [
      'loses those that were asked and have drained',
      { activity: { ...three, workers: [drained('a'), drained('b'), worker('c')] } },
      1,
      { asked: ['a', 'b'] },
      false,
      { target: 1, reason: 'Shrink', evidence: { wanted: 1, desired: 3, draining: 2, removable: 2 } },
    ],
    [
      'not those that drained unasked',
      { activity: { ...three, workers: [drained('a'), worker('b'), worker('c')] } },
      1,
      {},
      false,
      { ...hold, draining: ['a', 'b'] },
    ],
    [
      'nor more than are too many, however many have drained',
      { activity: { ...three, workers: [drained('a'), drained('b'), drained('c')] } },
      2,
      { asked: ['a', 'b', 'c'] },
      false,
      { target: 2, draining: ['a'], evidence: { wanted: 2, desired: 3, draining: 1, removable: 1 } },
    ],
    [
      'loses tasks that the farm does not know: they run nothing',
      { activity: { ...three, workers: [worker('a')] } },
      1,
      {},
      false,
      { target: 1, draining: [], reason: 'Shrink', evidence: { wanted: 1, desired: 3, draining: 0, removable: 2 } },
    ],
    [
      'but no more than it wants to lose',
      { activity: { ...three, workers: [] } },
      2,
      {},
      false,
      { target: 2, reason: 'Shrink', evidence: { wanted: 2, desired: 3, draining: 0, removable: 3 } },
    ],
    [
      'holds while the farm is silent, whose workers may be busy',
      {},
      0,
      {},
      true,
      { ...hold, draining: [], evidence: { wanted: 0, desired: 3, due: true } },
    ],
    [
      'waits anew when it comes to want none, however long it has wanted fewer',
      { activity: three },
      0,
      { wanted: 2 },
      false,
      { ...hold, draining: [], lessSince: NOW, evidence: { due: false } },
    ],
    [
      'but not for those who were asked before, who go on',
      { activity: { ...three, workers: [drained('a'), worker('b', { running: 1 }), worker('c')] } },
      0,
      { asked: ['a', 'b'], wanted: 2 },
      false,
      { target: 2, draining: ['a', 'b'], lessSince: NOW, reason: 'Shrink' },
    ],
    [
      'nor in a rush',
      { activity: three },
      0,
      { wanted: 2 },
      true,
      { ...hold, draining: ['a', 'b', 'c'], lessSince: NOW - minutes(5) },
    ],
    [
      'of a server that is gone knows nobody who could be at work',
      { server: [1, 0] },
      0,
      {},
      false,
      { target: 0, reason: 'Shrink' },
    ],
    [
      'takes no order back meanwhile: a worker that was asked in vain has to be replaced',
      {},
      1,
      { asked: ['a', 'b'] },
      false,
      { ...hold, draining: ['a', 'b'], lessSince: NOW - minutes(5) },
    ],
    [
      'nor while ECS can’t be read',
      { services: { known: false, error: 'Throttling' } },
      1,
      { asked: ['a', 'b'] },
      false,
      { reason: 'Hold', draining: ['a', 'b'], lessSince: NOW - minutes(5) },
    ],
    [
      'asks nobody, and takes no order back, while leases can’t be read',
      { activity: three, leases: null },
      0,
      { asked: ['a'] },
      true,
      { ...hold, draining: ['a'] },
    ],
    ['unless none of its tasks runs', { pool: [3, 0] }, 1, {}, false, { target: 1, reason: 'Shrink' }],
    [
      'or the server is gone, nobody holds a lease and all must go',
      { server: [1, 0] },
      0,
      {},
      true,
      { target: 0, reason: 'Shrink' },
    ],
    ['the server is gone, and some may stay', { server: [1, 0] }, 1, {}, true, hold],
    ['the server is gone, and it is not due', { server: [1, 0] }, 0, { lessSince: NOW }, false, hold],
    ['the server is gone, and a build may come back to its lease', { server: [1, 0], leases: [1] }, 0, {}, true, hold],
    ['the server is gone, and nobody knows the leases', { server: [1, 0], leases: null }, 0, {}, true, hold],
    ['the server runs and is silent', { server: [1, 1] }, 0, {}, true, hold],
    [
      'goes at once with a server that was told to stop and has',
      { server: [0, 0] },
      0,
      {},
      true,
      { target: 0, reason: 'Shrink' },
    ],
  ];
  it.each(rows)('%s', (_rule, facts, wanted, before, rush, expected) => {
    expect(step({ pool: [3, 3], ...facts }, wanted, before, rush)).toMatchObject(expected);
  });

  it('is due scaleInAfter after it first wanted less', () => {
    const s = situation({ pool: [3, 3], activity: three }, { lessSince: NOW - minutes(2) });
    expect(shrinkDue(s, poolStep(s, 'default', 1, false))).toBe(NOW + minutes(3));
  });

  it('is not awaited in a rush: it drains at once', () => {
    const s = situation({ pool: [3, 3], activity: three }, { lessSince: NOW - minutes(2) });
    expect(shrinkDue(s, poolStep(s, 'default', 1, true), true)).toBe(null);
  });
});

it('a pool of the status that is new to it has asked nobody yet', () => {
  const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(3, 3), fresh: serviceOf(1, 1) });
  const activity = { workers: [drained('x')].map((w) => ({ ...w, pool: 'fresh' })), server: old };
  const s = situation({ spec: { pools: { default: {}, fresh: {} } }, services, activity });
  expect(poolStep(s, 'fresh', 0, true)).toMatchObject({ target: 1, draining: ['x'], lessSince: NOW });
});
