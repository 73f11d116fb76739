import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  conditionOf,
  type Facts,
  goodHash,
  goodStacks,
  iso,
  minutes,
  NOW,
  passOf,
  SERVER,
  specOf,
  stack,
  want,
  worker,
} from './observation.fixture.ts';

const ENDPOINT = '127.0.0.9:8980';
const idle: Facts = { server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
const serving = () => passOf({ ...idle, spec: want(1), now: NOW - minutes(1) }).status;
/** The document asks for a larger server than there is. */
const larger = (): Facts => ({
  ...idle,
  spec: want(1, { server: { cpu: 2048, memoryMiB: 4096 } }),
  stacks: goodStacks(specOf(want(1))),
});
const seen = (facts: Facts) => {
  const { lines, status } = passOf({ ...larger(), ...facts });
  return [lines, status.endpoint];
};

describe('a server that serves is replaced', () => {
  it('one pass after status has ceased to send builds to it', () => {
    expect(serving().endpoint).toBe(ENDPOINT);
    const announcing = passOf({ ...larger(), status: serving() });
    expect([announcing.lines, announcing.status.endpoint]).toEqual([[], null]);
    expect(seen({ status: announcing.status })).toEqual([['UpdateStack server'], null]);
  });

  it('not when a lease has come in between: then the build may have it', () => {
    const { status } = passOf({ ...larger(), status: serving() });
    expect(seen({ status, leases: [1] })).toEqual([[], ENDPOINT]);
  });

  it.each(['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'])('and builds that come in %s wait', (state) => {
    expect(seen({ stacks: { ...goodStacks(specOf(want(1))), [SERVER]: stack(state) }, leases: [1] })[1]).toBe(null);
  });

  it('but nobody is kept from one that nothing will be done to', () => {
    expect(seen({ ...larger(), spec: { ...larger().spec, suspend: true }, status: serving() })).toEqual([[], ENDPOINT]);
    const spec = specOf(larger().spec ?? {});
    const accepted = { revision: 'r1', uid: 'u1', spec };
    const unreadable: Facts = { document: { state: 'unreadable', error: 'SlowDown' }, accepted };
    expect(seen({ ...unreadable, status: serving() })).toEqual([[], ENDPOINT]);
  });

  it('an update that does not end has not moved, although the old server still reports', () => {
    const busy = { ...goodStacks(specOf(want(1))), [SERVER]: stack('UPDATE_IN_PROGRESS') };
    const facts: Facts = { ...larger(), stacks: busy };
    const { status } = passOf({ ...facts, status: serving(), now: NOW - minutes(9) });
    expect(passOf({ ...facts, status }).status.progressAt).toBe(iso(NOW - minutes(9)));
  });

  it('late is only what has not moved since the build ended that it waited for', () => {
    const held = passOf({ ...larger(), leases: [1], status: serving(), now: NOW - minutes(60) }).status;
    const { status, lines } = passOf({ ...larger(), status: held });
    expect([lines, status.endpoint, status.progressAt]).toEqual([[], null, iso(NOW)]);
    expect(conditionOf(status, 'Stalled')).toBe('False Progressing');
  });
});

describe('a server whose stack stands half-way', () => {
  const half = (state: string): Facts => ({
    ...larger(),
    stacks: { ...goodStacks(specOf(want(1))), [SERVER]: stack(state) },
  });
  const tried = (operation: string, count: number, endpoint: string | null = null): Status => {
    const { status } = passOf({ ...half('UPDATE_ROLLBACK_FAILED'), status: serving(), now: NOW - minutes(10) });
    const goal = goodHash(larger().spec ?? {}, SERVER);
    const at = iso(count === 3 ? NOW - minutes(9) : NOW - 1_000);
    const attempts = { [operation]: { goal, revision: 'r1', count, at, cause: null } };
    const record = { ...status.stacks[SERVER], attempts } as Status['stacks'][string];
    return { ...status, endpoint, stacks: { ...status.stacks, [SERVER]: record } };
  };

  it.each([
    ['UPDATE_FAILED', 'RollbackStack server'],
    ['UPDATE_ROLLBACK_FAILED', 'ContinueRollback server'],
  ])('in %s is repaired once status sends no build to it', (state, repair) => {
    const announcing = passOf({ ...half(state), status: serving() });
    expect([announcing.lines, announcing.status.endpoint]).toEqual([[], null]);
    expect(seen({ ...half(state), status: announcing.status })).toEqual([[repair], null]);
    expect(seen({ ...half(state), status: serving(), leases: [1] })).toEqual([[], ENDPOINT]);
    // A build that no status has sent there is no reason to wait: it waits for the repair itself.
    expect(seen({ ...half(state), status: announcing.status, leases: [1] })).toEqual([[repair], null]);
  });

  it('is not repaired under a build that was sent to it before', () => {
    const announcing = passOf({ ...half('UPDATE_ROLLBACK_FAILED'), status: serving() });
    const working: Facts = {
      ...half('UPDATE_ROLLBACK_FAILED'),
      leases: [1],
      activity: { ...idle.activity, running: 2 },
    };
    expect(seen({ ...working, status: announcing.status })).toEqual([[], ENDPOINT]);
  });

  it('is left as it is, and serves, once making it anew has failed as often as it may', () => {
    const spent = { ...half('DELETE_FAILED'), status: tried('clear', 3) };
    const first = passOf(spent);
    expect([first.lines, first.status.endpoint]).toEqual([[], ENDPOINT]);
    const second = passOf({ ...half('DELETE_FAILED'), status: first.status });
    expect([second.lines, second.status.endpoint]).toEqual([[], ENDPOINT]);
    expect(conditionOf(second.status, 'Stalled')).toBe('True StackFailed');
  });

  it('sends no build to it between two tries', () => {
    const pausing = { ...half('UPDATE_ROLLBACK_FAILED'), status: tried('continue', 1), leases: [1] };
    expect(seen(pausing)).toEqual([[], null]);
    expect(conditionOf(passOf(pausing).status, 'Reconciling')).toBe('True StackBackoff');
  });

  it('and is made anew where that fails, once status sends no build to it', () => {
    const spent = { ...half('UPDATE_ROLLBACK_FAILED'), status: tried('continue', 3, ENDPOINT) };
    const announcing = passOf(spent);
    expect([announcing.lines, announcing.status.endpoint]).toEqual([[], null]);
    expect(conditionOf(announcing.status, 'Reconciling')).toBe('True DrainsFirst');
    expect(seen({ ...spent, status: { ...announcing.status } })).toEqual([['DeleteStack server'], null]);
    expect(seen({ ...spent, leases: [1] })).toEqual([[], ENDPOINT]);
  });
});
