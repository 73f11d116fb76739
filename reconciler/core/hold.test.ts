import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { type Facts, minutes, NOW, observation, POOL, passOf, wordsOf } from './observation.fixture.ts';

const problem = (pointer: string) => ({ pointer, message: 'is negative', expected: '0 or more', fix: 'write 0' });
const invalid = (...pointers: string[]) => ({
  state: 'invalid' as const,
  revision: 'r2',
  modifiedAt: NOW,
  problems: pointers.map(problem),
});
const NOT_LOOKED_AT = 'not looked at: no valid cluster.json is known';

describe('without any valid document', () => {
  // what there is, Accepted, reason and message of Ready and Stalled
  const rows: [string, Facts['document'], string, string][] = [
    [
      'an invalid one',
      invalid('/spec/pools/a/workers', '/spec/server'),
      'False',
      'Invalid: the newest revision is invalid (/spec/pools/a/workers: is negative; write 0; and 1 more); no valid one is known',
    ],
    [
      'one that is wrong as a whole',
      invalid(''),
      'False',
      'Invalid: the newest revision is invalid (/: is negative; write 0); no valid one is known',
    ],
    [
      'one that can not be read',
      { state: 'unreadable', error: 'AccessDenied' },
      'Unknown',
      'DocumentUnreadable: cluster.json could not be read: AccessDenied',
    ],
    ['none at all', { state: 'absent' }, 'False', 'NeverAccepted: there is no cluster.json and none was ever accepted'],
  ];
  it.each(rows)('%s: nothing is done, and all conditions say why', (_what, document, accepted, words) => {
    const { plan, status } = passOf({ document, server: [1, 1], pool: [3, 3] });
    const reason = words.slice(0, words.indexOf(':'));
    expect(plan).toMatchObject({ actions: [], lookAgainAt: null, forget: null });
    expect(status.conditions.map(({ type }) => `${type} ${wordsOf(status, type)}`)).toEqual([
      `Ready False ${words}`,
      `Reconciling False ${reason}: nothing is changed without a valid document`,
      `Stalled True ${words}`,
      `Accepted ${accepted} ${words}`,
      `ServerAvailable Unknown ${reason}: ${NOT_LOOKED_AT}`,
      `WorkersAvailable Unknown ${reason}: ${NOT_LOOKED_AT}`,
      `Asleep Unknown ${reason}: ${NOT_LOOKED_AT}`,
      `ActivityKnown Unknown ${reason}: ${NOT_LOOKED_AT}`,
      `WithinBudget Unknown ${reason}: ${NOT_LOOKED_AT}`,
    ]);
  });

  it.each([
    ['its status says', { status: { ...passOf({ document: invalid('') }).status, acceptedRevision: 'r1' } }],
    ['its stacks show', { inventory: [POOL] }],
  ])('none, though one was accepted, as %s', (_what, facts: Facts) => {
    expect(wordsOf(passOf({ document: { state: 'absent' }, ...facts }).status, 'Accepted')).toBe(
      'Unknown DocumentMissing: cluster.json is missing, and the last valid revision can not be read. To remove a cluster: bbf delete',
    );
  });

  it('a first status is empty, and carries the problems', () => {
    const document = invalid('/spec/server');
    expect({ ...passOf({ document }).status, conditions: [] }).toEqual({
      apiVersion: 'bbf/v1',
      kind: 'Status',
      cluster: 'main',
      uid: null,
      observedRevision: 'r2',
      acceptedRevision: null,
      conditions: [],
      server: { desired: 0, running: 0, pending: 0, since: null },
      endpoint: null,
      pools: {},
      leases: [],
      stacks: {},
      idleSince: null,
      asleep: null,
      progressAt: null,
      inventoryAt: null,
      awake: false,
      problems: document.problems,
      actions: [],
      cost: { usdPerHour: 0, usdToday: 0, day: '2026-11-23', accountedAt: '2026-11-23T09:00:00.000Z' },
      next: null,
      heartbeatAt: '2026-11-23T09:00:00.000Z',
      version: observation({}).version,
    });
  });

  it.each([
    ['invalid, for good', invalid('/spec/server'), ['lease-0']],
    ['not readable, for now', { state: 'unreadable' as const, error: 'SlowDown' }, []],
  ])('who holds a lease is told by its place in status that nothing will come of it: %s', (_what, document, told) => {
    expect(passOf({ document, leases: [2] }).status.leases.map(({ id }) => id)).toEqual(told);
  });

  it('what was known stays, but for what only a look can tell', () => {
    const running = passOf({ spec: { pools: { default: { workers: 1 } } }, server: [1, 1], pool: [1, 1], leases: [1] });
    const before = {
      ...running.status,
      observedRevision: 'r1',
      inventoryAt: '2026-11-23T08:00:00.000Z',
      asleep: { since: '2026-11-23T08:00:00.000Z', revision: 'r1' },
      endpoint: '127.0.0.9:8980',
    };
    const { status } = passOf({ document: { state: 'absent' }, status: before, now: NOW + minutes(1) });
    expect(status).toEqual({
      ...before,
      conditions: status.conditions,
      leases: [],
      idleSince: null,
      progressAt: null,
      next: null,
      actions: [],
      heartbeatAt: '2026-11-23T09:01:00.000Z',
    });
    expect(status.conditions.every(({ observedRevision }) => observedRevision === 'r1')).toBe(true);
  });
});

describe('a status of a cluster whose document is gone', () => {
  const refused = (): Status => passOf({ document: invalid('/spec/server') }).status;
  const bare: Facts = { document: { state: 'absent' }, inventory: [] };
  const rows: [string, () => Facts, 'status' | null][] = [
    ['goes where none ever was valid and nothing exists', () => ({}), 'status'],
    ['whoever holds a lease of nothing', () => ({ leases: [1] }), 'status'],
    ['whatever other clusters have', () => ({ inventory: ['bbf--main2--server'] }), 'status'],
    ['stays while the document is there', () => ({ document: invalid('/spec/server') }), null],
    ['stays while the document can not be read', () => ({ document: { state: 'unreadable', error: 'x' } }), null],
    ['stays where one was accepted', () => ({ status: { ...refused(), acceptedRevision: 'r1' } }), null],
    ['stays while a stack is listed', () => ({ inventory: [POOL] }), null],
    ['stays while nobody listed any', () => ({ inventory: undefined }), null],
    ['stays while a service is there', () => ({ server: [0, 0] }), null],
    ['stays while services can not be read', () => ({ services: { known: false, error: 'Throttling' } }), null],
    ['that is not there is not to be removed', () => ({ status: null }), null],
  ];
  it.each(rows)('%s', (_rule, facts, expected) =>
    expect(passOf({ ...bare, status: refused(), ...facts() }).plan.forget).toBe(expected),
  );
});
