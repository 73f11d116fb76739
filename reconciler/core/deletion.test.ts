import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { type Facts, goodStacks, NOW, noStack, POOL, passOf, SERVER, specOf, want } from './observation.fixture.ts';

const tombstone = (uid = 'u1') => ({ delete: { uid } });
/** What a pass does, without turning the fast schedule on. */
const done = (facts: Facts) => passOf(facts).lines.filter((text) => text !== 'fast schedule on');

describe('a deletion', () => {
  const spec = want(1, tombstone());
  const nothing = { [SERVER]: noStack, [POOL]: noStack };
  const rows: [string, Facts, string[]][] = [
    ['removes what is empty, one stack for each pass', { spec, server: [0, 0], pool: [0, 0] }, ['DeleteStack server']],
    ['of another cluster removes nothing', { spec: want(0, tombstone('u0')), server: [0, 0], pool: [0, 0] }, []],
    ['waits for a lease', { spec, server: [0, 0], pool: [0, 0], leases: [1] }, []],
    ['makes nothing anew for a lease that comes late', { spec, stacks: nothing, leases: [1] }, []],
    ['nor while leases can not be read', { spec, stacks: nothing, leases: null }, []],
    ['and for leases that can not be read', { spec, server: [0, 0], pool: [0, 0], leases: null }, []],
  ];
  it.each(rows)('%s', (_rule, facts, expected) =>
    expect(done({ stacks: goodStacks(specOf(spec)), ...facts })).toEqual(expected),
  );

  it.each([
    ['is told as one', spec, true],
    ['of another cluster is not', want(0, tombstone('u0')), undefined],
  ])('%s', (_rule, spec, deleting) => expect(passOf({ spec }).status.deleting).toBe(deleting));

  /** Nothing is left of it, and the pass before saw nothing either. */
  const gone: Facts = { spec, stacks: nothing, inventory: [] };
  const seen = (id: string): Status => {
    const { status } = passOf({ spec: want(1) });
    return { ...status, pools: {}, stacks: { [SERVER]: { id, status: 'ABSENT', hash: null, readAt: '' } } };
  };
  /** A call that made the server's stack was answered by nobody. */
  const asked = (ago: number): Status => {
    const status = seen('');
    const askedAt = new Date(NOW - ago).toISOString();
    const stack = { id: '', status: 'ABSENT', hash: null, readAt: '', askedAt };
    return { ...status, stacks: { [SERVER]: stack } };
  };
  const forgotten: [string, () => Facts, boolean][] = [
    ['once nothing is left', () => ({}), true],
    ['also when the pass before noted that a stack was not there', () => ({ status: seen('') }), true],
    ['not right after a stack was to be made', () => ({ status: asked(20_000) }), false],
    ['but once that call can arrive no more', () => ({ status: asked(40_000) }), true],
    ['not right after a stack was seen', () => ({ status: seen('arn:x') }), false],
    ['nor while a stack is listed', () => ({ inventory: [SERVER] }), false],
    ['nor one of a pool that nobody knows', () => ({ inventory: ['bbf--main--pool--other'] }), false],
    ['whatever other clusters have', () => ({ inventory: ['bbf--main2--server'] }), true],
    ['nor while none was listed', () => ({ inventory: undefined }), false],
    ['nor while the server’s service is there', () => ({ server: [0, 0] }), false],
    ['nor while a pool’s service is there', () => ({ pool: [0, 0] }), false],
    [
      'nor while a service is there whose stack nobody looked at',
      () => ({ pool: [0, 0], stacks: { [SERVER]: noStack } }),
      false,
    ],
    [
      'nor while a stack is not known to be gone',
      () => ({ stacks: { [SERVER]: noStack, [POOL]: { known: false, error: 'Throttling' } } }),
      false,
    ],
    [
      'nor the server’s',
      () => ({ stacks: { [SERVER]: { known: false, error: 'Throttling' }, [POOL]: noStack } }),
      false,
    ],
    ['nor while services can not be read', () => ({ services: { known: false, error: 'Throttling' } }), false],
    ['nor while somebody holds a lease', () => ({ leases: [1] }), false],
    ['nor while the cluster is suspended', () => ({ spec: want(1, { ...tombstone(), suspend: true }) }), false],
    ['never without a tombstone', () => ({ spec: want(0) }), false],
  ];
  it.each(forgotten)('is forgotten %s', (_rule, facts, expected) => {
    const { plan } = passOf({ ...gone, ...facts() });
    expect(plan.forget).toBe(expected ? 'cluster' : null);
    if (expected) expect(plan.lookAgainAt).toBe(null);
  });

  it('is looked at again in seconds once nothing is left, and then forgotten', () => {
    const first = passOf({ ...gone, status: seen('arn:x') });
    expect(first.plan).toMatchObject({ forget: null, lookAgainAt: NOW + 5_000 });
    const second = passOf({ ...gone, status: first.status, now: NOW + 5_000 });
    expect(second.plan).toMatchObject({ forget: 'cluster', lookAgainAt: null });
  });
});
