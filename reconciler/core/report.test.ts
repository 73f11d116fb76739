import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodStacks,
  iso,
  minutes,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  wordsOf,
} from './observation.fixture.ts';
import type { PresentStack } from './observation.ts';
import { type Action, type ActionResult, NOTHING_TO_UPDATE, targetOf } from './plan.ts';
import { announced, report } from './report.ts';

type Failure = Extract<ActionResult, { outcome: 'failed' }>['kind'];
const spec = { pools: { default: { workers: 2 } } };
const byHand = stack('UPDATE_COMPLETE', { byHand: true }).value as PresentStack;
const growing: Facts = { spec, server: [1, 1], pool: [0, 0], activity: {} };
const making: Facts = { spec, stacks: { [SERVER]: noStack, [POOL]: noStack } };

/** The status after a pass whose actions all end so. */
function statusAfter(facts: Facts, result: (action: Action) => ActionResult): Status {
  const { o, plan } = passOf(facts);
  return report(o, plan, plan.actions.map(result));
}
const done = (action: Action): ActionResult => ({ action, outcome: 'done' });
const skipped = (action: Action): ActionResult => ({ action, outcome: 'skipped', why: 'the lock is held' });
const failed =
  (kind: Failure) =>
  (action: Action): ActionResult => ({ action, outcome: 'failed', kind, error: 'AccessDenied' });

describe('an update of what somebody changed by hand', () => {
  const at = '2026-11-23T08:30:00.000Z';
  const changed: Facts = {
    spec: { pools: { default: { workers: 0 } } },
    server: [0, 0],
    pool: [0, 0],
    stacks: {
      ...goodStacks(specOf({ pools: { default: { workers: 0 } } })),
      [POOL]: { known: true, value: { ...byHand, lastChange: { at, byHand: true } } },
    },
  };

  it('that CloudFormation finds nothing to do for: the change is as good as ours', () => {
    const nothing = statusAfter(changed, (action) => ({ action, outcome: 'done', note: NOTHING_TO_UPDATE }));
    expect(nothing.stacks[POOL]?.changedAt).toBe(at);
  });

  it('is not known to be ours for being asked for', () => {
    expect(statusAfter(changed, done).stacks[POOL]?.changedAt).toBe(undefined);
    expect(statusAfter(changed, skipped).stacks[POOL]?.changedAt).toBe(undefined);
  });
});

describe('an action that did not happen leaves the facts as they were', () => {
  it.each([
    ['done', done, 2, true],
    ['skipped', skipped, 0, false],
    ['failed', failed('waiting'), 0, false],
  ] as const)('%s: the count of a pool, the fast schedule', (_what, result, desired, awake) => {
    const status = statusAfter(growing, result);
    expect([status.pools.default?.desired, status.awake]).toEqual([desired, awake]);
  });

  it('the server: its count, and since when it was told to run', () => {
    const off: Facts = { spec, server: [0, 0], pool: [0, 0] };
    const before = passOf({ ...off, now: NOW - minutes(1) }).status;
    const known = { ...before, server: { ...before.server, desired: 0, since: '2026-11-20T00:00:00.000Z' } };
    expect(statusAfter(off, done).server).toMatchObject({ desired: 1, since: '2026-11-23T09:00:00.000Z' });
    expect(statusAfter(off, skipped).server).toMatchObject({ desired: 0, since: null });
    expect(statusAfter({ ...off, status: known }, skipped).server).toMatchObject({
      desired: 0,
      since: known.server.since,
    });
  });

  it('a stack: neither is it there, nor was it tried', () => {
    expect(Object.keys(statusAfter(making, done).stacks)).toEqual([SERVER, POOL]);
    expect(statusAfter(making, skipped).stacks).toEqual({});
    const before = passOf({ ...making, now: NOW - minutes(1) }).status;
    expect(statusAfter({ ...making, status: before }, skipped).stacks).toEqual(before.stacks);
  });

  it('the fast schedule that was on stays on', () => {
    const before = { ...passOf(growing).status, version: 'older' };
    expect(passOf({ ...growing, status: before }).lines).toContain('fast schedule on');
    expect(statusAfter({ ...growing, status: before }, skipped).awake).toBe(true);
  });

  it('a count that could not be changed is that of its own service, also of a pool called nearly like the server', () => {
    const facts: Facts = {
      spec: { pools: { 'my-server': { workers: 2 } } },
      services: servicesOf({ server: serviceOf(1, 1) }),
    };
    const pool = 'bbf--main--pool--my-server';
    const known = facts.services?.known ? facts.services.value : {};
    const services = { known: true as const, value: { ...known, [pool]: serviceOf(0, 0) } };
    expect(passOf({ ...facts, services }).lines).toContain('my-server 0→2');
    const status = statusAfter({ ...facts, services }, skipped);
    expect([status.server.desired, status.pools['my-server']?.desired]).toEqual([1, 0]);
  });
});

describe('an action that failed is said in the conditions', () => {
  const count = `SetFastSchedule installation: AccessDenied`;
  const answered = (): Facts => ({
    ...growing,
    status: { ...passOf(growing).status, observedRevision: 'r0', awake: false },
  });
  const calm = 'False Progressing: nothing needs a person';

  it.each([
    ['may go by itself', 'waiting', `True Retrying: ${count}`, calm, 'r0'],
    ['is a conflict', 'conflict', `True Retrying: ${count}`, calm, 'r0'],
    ['is not understood', 'unexpected', `True Retrying: ${count}`, calm, 'r0'],
    ['needs a person', 'stalled', `False ActionFailed: ${count}`, `True ActionFailed: ${count}`, 'r1'],
  ] as const)('what %s', (_what, kind, reconciling, stalled, observedRevision) => {
    const status = statusAfter(answered(), failed(kind));
    expect(wordsOf(status, 'Ready')).toBe(`False ActionFailed: ${count}`);
    expect(wordsOf(status, 'Reconciling')).toBe(reconciling);
    expect(wordsOf(status, 'Stalled')).toBe(stalled);
    expect(status.observedRevision).toBe(observedRevision);
    expect(wordsOf(status, 'Accepted')).toBe('True Valid: the newest revision is in force');
    expect(status.conditions.every((condition) => condition.observedRevision === 'r1')).toBe(true);
  });

  it('beside an invalid document, which was answered, and stays so', () => {
    const invalid: Facts = {
      ...answered(),
      document: { state: 'invalid', revision: 'r2', modifiedAt: NOW, problems: [] },
      accepted: { spec: specOf(spec), revision: 'r1', uid: 'u1' },
    };
    expect(statusAfter(invalid, failed('stalled')).observedRevision).toBe('r2');
  });

  it('names the first that failed, and not those that were merely left out', () => {
    const { o, plan } = passOf(making);
    const results = plan.actions.map((action, i) => (i === 0 ? skipped(action) : failed('waiting')(action)));
    expect(wordsOf(report(o, plan, results), 'Ready')).toBe(`False ActionFailed: CreateStack ${SERVER}: AccessDenied`);
  });

  it.each([
    ['first', 'stalled', 'waiting', SERVER],
    ['last', 'waiting', 'stalled', POOL],
  ] as const)('names the one that needs a person, be it the %s', (_what, server, pool, stack) => {
    const { o, plan } = passOf(making);
    const kinds: Record<string, Failure> = { [SERVER]: server, [POOL]: pool };
    const results = plan.actions.map((action) => {
      const kind = kinds[targetOf(action)];
      return kind ? failed(kind)(action) : done(action);
    });
    const status = report(o, plan, results);
    expect(wordsOf(status, 'Stalled')).toBe(`True ActionFailed: CreateStack ${stack}: AccessDenied`);
    expect(wordsOf(status, 'Reconciling')).toBe(`False ActionFailed: CreateStack ${stack}: AccessDenied`);
    expect(status.observedRevision).toBe('r1');
  });

  it('a cluster that is stalled already stays so, whatever else goes by itself', () => {
    const stalled: Facts = {
      ...growing,
      services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(0, 0, { state: 'FROBNICATED' }) }),
    };
    const status = statusAfter(stalled, failed('waiting'));
    expect(wordsOf(status, 'Stalled')).toMatch(/^True UnknownServiceStatus/);
    expect(wordsOf(status, 'Reconciling')).toBe(`False ActionFailed: ${count}`);
  });

  it('without an earlier answer there is none now', () => {
    expect(statusAfter(growing, failed('waiting')).observedRevision).toBe(null);
  });

  it('conditions that did not change keep their time', () => {
    const before = passOf({ ...growing, now: NOW - minutes(1) }).status;
    const times = (status: Status) => Object.fromEntries(status.conditions.map((c) => [c.type, c.lastTransitionTime]));
    const status = statusAfter({ ...growing, status: { ...before, awake: false } }, failed('stalled'));
    expect(times(status)).toMatchObject({
      Ready: '2026-11-23T08:59:00.000Z',
      Reconciling: '2026-11-23T09:00:00.000Z',
      Stalled: '2026-11-23T09:00:00.000Z',
      Accepted: '2026-11-23T08:59:00.000Z',
    });
  });
});

it('what is to be is said before anything is done: which stacks are called for, and no tries', () => {
  const { o, plan } = passOf(making);
  const { stacks, actions, awake } = announced(o, plan);
  const called = { id: '', status: 'ABSENT', askedAt: iso(NOW) };
  expect({ stacks, actions, awake }).toMatchObject({
    stacks: { [SERVER]: called, [POOL]: called },
    actions: [],
    awake: false,
  });
  expect(stacks[POOL]).not.toHaveProperty('attempts');
});

describe('what status records of a pass', () => {
  it.each([
    ['done', done, {}],
    ['skipped', skipped, { error: 'the lock is held' }],
    ['failed', failed('waiting'), { error: 'AccessDenied' }],
  ] as const)('%s', (outcome, result, more) => {
    expect(statusAfter(growing, result).actions).toStrictEqual([
      { type: 'SetFastSchedule', target: 'installation', reason: 'ClusterAwake', evidence: {}, outcome, ...more },
      {
        type: 'SetDesiredCount',
        target: POOL,
        reason: 'WorkersWanted',
        evidence: { wanted: 2, desired: 0, because: 'spec.workers' },
        outcome,
        ...more,
      },
    ]);
  });

  it('of an operation on a stack, the stack', () => {
    expect(passOf(making).plan.actions.map(targetOf)).toEqual(['installation', SERVER, POOL]);
  });
});
