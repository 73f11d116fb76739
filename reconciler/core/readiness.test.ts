import { describe, expect, it } from 'vitest';
import { conditionOf, type Facts, minutes, NOW, passOf, worker } from './observation.fixture.ts';
import { worthWriting } from './report.ts';

const spec = (workers: number) => ({ pools: { default: { workers } } });
const three = [worker('a'), worker('b'), worker('c')];
const surplus: Facts = { spec: spec(1), server: [1, 1], pool: [3, 3], activity: { workers: three } };
const marked = () => passOf({ ...surplus, status: passOf({ ...surplus, now: NOW - minutes(6) }).status });

describe('Ready and Reconciling', () => {
  it('builds need not wait for surplus workers that are on their way out', () => {
    const { status, plan } = marked();
    expect(status.pools.default?.draining).toHaveLength(2);
    expect(conditionOf(status, 'Ready')).toBe('True Converged');
    expect(conditionOf(status, 'Reconciling')).toBe('False Draining');
    expect(plan.lookAgainAt).toBe(NOW + 10_000);
  });

  it('nor for the call that lowers the count', () => {
    const { status } = marked();
    const drained = three.map((w) => ({
      ...w,
      draining: true,
      drained: status.pools.default?.draining.includes(w.name) === true,
    }));
    const { lines, status: next } = passOf({ ...surplus, activity: { workers: drained }, status });
    expect(lines).toEqual(['default 3→1']);
    expect([conditionOf(next, 'Ready'), conditionOf(next, 'Reconciling')]).toEqual([
      'True Converged',
      'False Draining',
    ]);
  });

  it('a cluster that goes to sleep is not at zero before it is', () => {
    const idle: Facts = {
      spec: spec(1),
      server: [1, 1],
      pool: [1, 1],
      activity: { workers: [worker('a')], idleSince: '2026-11-23T07:30:00.000Z' },
    };
    const first = passOf({ ...idle, now: NOW - minutes(30), modifiedAt: NOW - minutes(90) }).status;
    const { status } = passOf({ ...idle, modifiedAt: NOW - minutes(90), status: first });
    expect(status.asleep).not.toBe(null);
    expect([conditionOf(status, 'Ready'), conditionOf(status, 'Reconciling')]).toEqual([
      'False GoingToSleep',
      'True GoingToSleep',
    ]);
    const gone = passOf({ spec: spec(1), server: [0, 0], pool: [0, 0], modifiedAt: NOW - minutes(90), status }).status;
    expect([conditionOf(gone, 'Ready'), conditionOf(gone, 'Reconciling')]).toEqual(['True Asleep', 'False Settled']);
  });
});

describe('a wait without progress', () => {
  const starting: Facts = { spec: spec(1), server: [1, 1], pool: [1, 0], activity: {} };
  const later = (facts: Facts, after: number) =>
    passOf({ ...facts, now: NOW + after, status: passOf(facts).status }).status;

  it('is Stalled after 15 minutes, says since when, and bbf keeps looking', () => {
    expect(conditionOf(later(starting, minutes(15) - 1), 'Stalled')).toBe('False Progressing');
    const status = later(starting, minutes(15));
    expect(conditionOf(status, 'Stalled')).toBe('True ProgressDeadlineExceeded');
    expect(conditionOf(status, 'Reconciling')).toBe('False ProgressDeadlineExceeded');
    expect(status.conditions.find(({ type }) => type === 'Stalled')?.message).toContain('2026-11-23T09:00:00.000Z');
  });

  it('begins anew with each worker that registers', () => {
    const two: Facts = { ...starting, spec: spec(2), pool: [2, 1] };
    const first = passOf(two).status;
    const registered = { ...two, activity: { workers: [worker('a')] } };
    const second = passOf({ ...registered, now: NOW + minutes(14), status: first }).status;
    const third = passOf({ ...registered, now: NOW + minutes(20), status: second }).status;
    expect(conditionOf(third, 'Stalled')).toBe('False Progressing');
  });

  it('for people’s builds may last', () => {
    const leased: Facts = {
      spec: { pools: { default: { workers: 1, slots: 2 } } },
      server: [1, 1],
      pool: [1, 1],
      leases: [1],
      activity: { workers: [worker('a', { running: 1 })], running: 1 },
      stacks: passOf({ spec: spec(1) }).o.stacks,
    };
    const status = later(leased, minutes(300));
    expect(conditionOf(status, 'Reconciling')).toBe('True UpdateWaits');
    expect(conditionOf(status, 'Stalled')).toBe('False Progressing');
  });
});

describe('a document that is gone', () => {
  it('leaves the newest revision that was answered', () => {
    const answered = { ...passOf({ spec: spec(0), server: [0, 0] }).status, observedRevision: 'r9' };
    const accepted = { revision: 'r1', uid: 'u1', spec: passOf({ spec: spec(0) }).o.document };
    const o = passOf({
      spec: spec(0),
      server: [0, 0],
      document: { state: 'absent' },
      accepted: { ...accepted, spec: 'spec' in accepted.spec ? accepted.spec.spec : (undefined as never) },
      status: answered,
    });
    expect(o.status.observedRevision).toBe('r9');
  });
});

describe('a converged cluster', () => {
  it('has nothing new to say from one minute to the next', () => {
    const facts: Facts = { spec: spec(3), server: [1, 1], pool: [3, 3], activity: { workers: three }, leases: [3] };
    const first = passOf(facts).status;
    const second = passOf({ ...facts, now: NOW + minutes(1), status: first, inventory: [] });
    const third = passOf({ ...facts, now: NOW + minutes(2), status: second.status });
    expect(worthWriting(second.status, third.status, NOW + minutes(2))).toBe(false);
  });
});
