import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { parseStatus } from '../../config-schema/parse.ts';
import {
  CHANGED_AT,
  type Facts,
  goodHash,
  goodStacks,
  iso,
  longTold,
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
  want,
  worker,
} from './observation.fixture.ts';

it('the whole status of a cluster whose build holds two workers', () => {
  const facts: Facts = {
    spec: want(2),
    server: [1, 1],
    pool: [2, 2],
    leases: [2],
    activity: { workers: [worker('a', { running: 1 }), worker('b')], running: 1 },
  };
  const { status } = passOf({
    ...facts,
    inventory: [SERVER, POOL],
    status: { ...passOf({ ...facts, now: NOW - minutes(1) }).status },
  });
  const ID = 'arn:aws:cloudformation:us-east-1:000000000000:stack/x/1';
  const settled = (name: string) => ({
    id: ID,
    status: 'CREATE_COMPLETE',
    hash: goodHash(want(2), name),
    readAt: iso(NOW),
    changedAt: CHANGED_AT,
    attempts: {},
  });
  expect(parseStatus(JSON.stringify(status))).toEqual({ ok: true, status });
  expect({ ...status, conditions: status.conditions.length, cost: null }).toEqual({
    apiVersion: 'bbf/v1',
    kind: 'Status',
    cluster: 'main',
    uid: 'u1',
    observedRevision: 'r1',
    acceptedRevision: 'r1',
    acceptedEtag: 'etag-r1',
    conditions: 9,
    server: { desired: 1, running: 1, pending: 0, since: null, toldAt: null },
    endpoint: '127.0.0.9:8980',
    pools: {
      default: {
        platform: { OSFamily: 'linux' },
        architecture: 'x86_64',
        wanted: 2,
        because: 'spec.workers',
        desired: 2,
        running: 2,
        pending: 0,
        registered: 2,
        draining: [],
        toldAt: null,
        lessSince: null,
      },
    },
    leases: [
      { id: 'lease-0', holder: 'user0@host', purpose: 'test', pools: { default: 2 }, expiresAt: iso(NOW + minutes(1)) },
    ],
    stacks: { [SERVER]: settled(SERVER), [POOL]: settled(POOL) },
    idleSince: null,
    asleep: null,
    progressAt: null,
    inventoryAt: iso(NOW),
    awake: true,
    problems: [],
    actions: [],
    cost: null,
    next: { at: iso(NOW + minutes(1)), what: 'a lease ends unless it is renewed' },
    heartbeatAt: iso(NOW),
    version: '0.0.0-test',
  });
});

it('a server that has told its private address too is to be found at both', () => {
  const server = { taskId: 't', endpoint: '127.0.0.9:8980', startedAt: iso(NOW - minutes(30)) };
  const found = (more: object) => passOf({ server: [1, 1], activity: { server: { ...server, ...more } } }).status;
  expect(found({ privateEndpoint: '10.0.0.9:8980' })).toMatchObject({
    endpoint: '127.0.0.9:8980',
    privateEndpoint: '10.0.0.9:8980',
  });
  expect(found({})).not.toHaveProperty('privateEndpoint');
});

describe('a revision is answered', () => {
  const statusBefore = (): Status => ({
    ...passOf({ spec: want(1) }).status,
    observedRevision: 'r0',
    inventoryAt: 'then',
  });
  const answered = (facts: Facts) =>
    passOf({ revision: 'r1', status: statusBefore(), ...facts }).status.observedRevision;
  const problems = [{ pointer: '', message: 'is bad', expected: 'good', fix: 'mend it' }];
  const accepted = () => ({ revision: 'r1', uid: 'u1', spec: specOf(want(1)) });
  const starting: Facts = { spec: want(1), server: [1, 0], pool: [1, 0] };
  const rows: [string, () => Facts, string | null][] = [
    ['once it is done', () => ({ spec: want(0), server: [0, 0], pool: [0, 0] }), 'r1'],
    ['not while it is under way', () => starting, 'r0'],
    [
      'when it is refused, whatever goes on',
      () => ({
        ...starting,
        document: { state: 'invalid', revision: 'r2', modifiedAt: NOW, problems },
        accepted: accepted(),
      }),
      'r2',
    ],
    ['when it is suspended', () => ({ ...starting, spec: want(1, { suspend: true }) }), 'r1'],
    [
      'when it needs a person',
      () => ({ ...starting, stacks: { ...goodStacks(specOf(want(1))), [POOL]: stack('FROBNICATED') } }),
      'r1',
    ],
    [
      'as before, when the document is gone',
      () => ({ spec: want(0), server: [0, 0], pool: [0, 0], document: { state: 'absent' }, accepted: accepted() }),
      'r0',
    ],
    [
      'as the accepted one, when nothing was answered before',
      () => ({
        spec: want(0),
        server: [1, 1],
        pool: [1, 1],
        activity: { workers: [worker('a')] },
        document: { state: 'absent' },
        accepted: accepted(),
        status: null,
      }),
      'r1',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(answered(facts())).toBe(expected));

  it('the problems of a refused one are in the status', () => {
    const document = { state: 'invalid' as const, revision: 'r2', modifiedAt: NOW, problems };
    expect(passOf({ ...starting, document, accepted: accepted() }).status.problems).toEqual(problems);
  });

  it('when stacks were last listed is remembered', () => {
    expect(passOf({ status: statusBefore() }).status.inventoryAt).toBe('then');
    expect(passOf({ status: statusBefore(), inventory: [] }).status.inventoryAt).toBe(iso(NOW));
  });

  it('leases that can not be read are not listed', () => expect(passOf({ leases: null }).status.leases).toEqual([]));
});

describe('since when the server is told to run', () => {
  const since = (server: [number, number]) => {
    const { status } = passOf({ spec: want(1), server, pool: [0, 0], now: NOW - minutes(9) });
    const before = { ...status, server: { desired: server[0], running: server[1], pending: 0, since: 'then' } };
    return passOf({ spec: want(1), server, pool: [0, 0], status: before }).status.server.since;
  };
  it('begins with the call that starts it, not with any other', () => {
    expect(since([0, 0])).toBe(iso(NOW));
    expect(since([1, 1])).toBe('then');
  });

  it('does not begin with the call that stops it', () => {
    const idle: Facts = { spec: want(1), server: [1, 1], pool: [0, 0], activity: {} };
    const status = { ...longTold(passOf(idle).status), asleep: { since: iso(NOW - minutes(1)), revision: 'r1' } };
    const before = { ...status, server: { ...status.server, since: iso(NOW - minutes(99)) } };
    const pass = passOf({ ...idle, activity: { idleSince: iso(NOW - minutes(60)) }, status: before });
    expect(pass.lines).toEqual(['server 1→0']);
    expect(pass.status.server).toMatchObject({ desired: 0, since: iso(NOW - minutes(99)) });
  });
});

describe('which pools are listed', () => {
  const listed = (facts: Facts) => Object.keys(passOf({ spec: { pools: { other: {} } }, ...facts }).status.pools);
  const known = (id: string): Status => {
    const { status } = passOf({ spec: want(1), server: [0, 0] });
    return { ...status, stacks: { [POOL]: { id, status: 'X', hash: null, readAt: '' } } };
  };
  const stacks = (pool: Facts['stacks']) => ({ ...goodStacks(specOf({ pools: { other: {} } })), ...pool });
  const rows: [string, () => Facts, boolean][] = [
    ['one that was just seen', () => ({ status: known('arn:x'), stacks: stacks({ [POOL]: noStack }) }), true],
    ['not one that has left twice', () => ({ status: known(''), stacks: stacks({ [POOL]: noStack }) }), false],
    [
      'one whose service is there',
      () => ({
        status: known(''),
        services: servicesOf({ default: serviceOf(0, 0) }),
        stacks: stacks({ [POOL]: noStack }),
      }),
      true,
    ],
    [
      'one whose stack is there',
      () => ({ status: known(''), stacks: stacks({ [POOL]: stack('DELETE_IN_PROGRESS') }) }),
      true,
    ],
  ];
  it.each(rows)('of the spec, and %s', (_rule, facts, left) =>
    expect(listed(facts())).toEqual(left ? ['other', 'default'] : ['other']),
  );

  it('one of the spec that nobody has seen is', () => expect(listed({ stacks: {} })).toEqual(['other']));

  it('workers that were told to drain stay so while the cluster is suspended', () => {
    const facts: Facts = {
      spec: want(0, { suspend: true }),
      server: [1, 1],
      pool: [2, 2],
      activity: { workers: [worker('a'), worker('b')] },
    };
    const { status } = passOf(facts);
    expect(status.pools.default?.draining).toEqual([]);
    const pools = { default: { ...status.pools.default, draining: ['b'] } as Status['pools'][string] };
    expect(passOf({ ...facts, status: { ...status, pools } }).status.pools.default?.draining).toEqual(['b']);
  });
});
