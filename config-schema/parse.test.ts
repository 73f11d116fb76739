import { describe, expect, it } from 'vitest';
import type { Problem } from './documents.ts';
import { parseActivity, parseCluster, parseLease, parseStatus } from './parse.ts';

const text = (spec: unknown, more: object = {}) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec, ...more });

/** Where a problem is and what it says, with the three parts of its advice. */
const told = (problems: Problem[]) =>
  problems.map(({ pointer, message, seen, expected, fix }) => [pointer, message, seen, expected, fix]);

function problemsOf(source: string, options = {}): Problem[] {
  const parsed = parseCluster(source, options);
  return parsed.ok ? [] : parsed.problems;
}

describe('parseCluster', () => {
  it('fills in every default of a document that is a name and a spec', () => {
    const parsed = parseCluster(text({ pools: { small: { cpu: 1024, memoryMiB: 2048 } } }));
    expect(parsed).toEqual({
      ok: true,
      warnings: [],
      cluster: {
        apiVersion: 'bbf/v1',
        kind: 'Cluster',
        metadata: { name: 'main' },
        spec: {
          suspend: false,
          pools: {
            small: {
              workers: 0,
              workersMax: 20,
              cpu: 1024,
              memoryMiB: 2048,
              diskGiB: 50,
              slots: 4,
              architecture: 'x86_64',
              capacity: 'spot',
              onDemandBase: 0,
              platform: { OSFamily: 'linux' },
            },
          },
          server: { cpu: 1024, memoryMiB: 2048 },
          scaling: { idleAfter: '20m', queue: true, scaleInAfter: '5m', schedules: [] },
          budget: {},
          engine: {},
          access: { certificates: { clientTtl: '12h' } },
        },
      },
    });
  });

  it('an empty spec has one pool, named default', () => {
    const parsed = parseCluster(text({}));
    expect(parsed.ok && Object.keys(parsed.cluster.spec.pools)).toEqual(['default']);
    expect(parsed.ok && parsed.cluster.spec.pools.default?.cpu).toBe(4096);
  });

  it('does not let one document’s defaults leak into the next', () => {
    const first = parseCluster(text({}));
    if (first.ok) Object.assign(first.cluster.spec.pools.default?.platform as object, { OSFamily: 'changed' });
    const second = parseCluster(text({}));
    expect(second.ok && second.cluster.spec.pools.default?.platform).toEqual({ OSFamily: 'linux' });
  });

  it('the same text for another cluster is another document', () => {
    expect(parseCluster(text({}), { cluster: 'main' }).ok).toBe(true);
    expect(parseCluster(text({}), { cluster: 'other' }).ok).toBe(false);
    expect(parseCluster(text({})).ok).toBe(true);
  });

  it('a spec that is not there is an error, never an empty one', () => {
    expect(told(problemsOf('{"apiVersion":"bbf/v1","kind":"Cluster","metadata":{"name":"main"}}'))).toEqual([
      [
        '',
        'spec is missing',
        '["apiVersion","kind","metadata"]',
        'an object with apiVersion, kind, metadata, spec',
        'add "spec"',
      ],
    ]);
  });

  it('tells all problems at once, with their places', () => {
    const source = `{ "apiVersion": "bbf/v1", "kind": "cluster",
  "metadata": { "name": "main" },
  "spec": {
    "pools": { "a": { "slot": 1 },
               "B": {} },
    "server": { "cpu": "1024" } } }`;
    const places = problemsOf(source).map(({ pointer, line, column }) => [pointer, line, column]);
    expect(places.sort()).toEqual([
      ['/kind', 1, 35],
      ['/spec/pools/B', 5, 16],
      ['/spec/pools/a/slot', 4, 23],
      ['/spec/server/cpu', 6, 24],
    ]);
  });

  it('of thousands the first fifty', () => {
    const schedules = Array.from({ length: 3_000 }, () => ({ corn: '0 8 * * *', for: '1h' }));
    expect(problemsOf(text({ scaling: { schedules } }))).toHaveLength(50);
  });

  it('a problem with a default is at what would hold it', () => {
    expect(
      problemsOf(
        '{"apiVersion":"bbf/v1","kind":"Cluster","metadata":{"name":"main"},\n"spec":{"server":\n{"cpu":4096}}}',
      ),
    ).toMatchObject([{ pointer: '/spec/server/memoryMiB', seen: '2048', line: 3, column: 1 }]);
  });

  it.each([
    ['bbf/v2', true],
    ['bbf/v10', true],
    ['bbf/v1', undefined],
    ['bbf/v0', undefined],
    ['bbf/v2beta', undefined],
    ['xbbf/v2', undefined],
    [2, undefined],
    [['bbf/v2'], undefined],
  ])('apiVersion %j is newer: %s', (apiVersion, newer) => {
    const parsed = parseCluster(JSON.stringify({ apiVersion, anything: 1 }));
    expect(parsed).toMatchObject({ ok: false });
    expect(!parsed.ok && parsed.newer).toBe(newer);
    if (newer)
      expect(parsed).toMatchObject({
        problems: [
          {
            pointer: '/apiVersion',
            message: 'the document is of a newer version of bbf',
            seen: JSON.stringify(apiVersion),
            expected: '"bbf/v1"',
            fix: 'upgrade bbf',
            line: 1,
            column: 15,
          },
        ],
      });
  });

  it.each(['a/b', 'größe 1', 'a\nb', 'a,b', ''])('%j is a uid that a tag can hold, or no uid', (uid) => {
    const source = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main', uid }, spec: {} });
    const pointers = problemsOf(source).map(({ pointer }) => pointer);
    expect(pointers).toEqual(['a/b', 'größe 1'].includes(uid) ? [] : ['/metadata/uid']);
  });

  it.each([['null'], ['[]'], ['3'], ['"text"'], ['true']])('%s is no document', (source) => {
    expect(problemsOf(source)).toMatchObject([
      { pointer: '', message: expect.stringMatching(/^the document is .* where an object belongs$/) },
    ]);
  });
});

describe('documents that programs write', () => {
  const lease = {
    apiVersion: 'bbf/v1',
    kind: 'Lease',
    id: 'abc',
    holder: 'ann@host',
    pools: { a: {} },
    ttlSeconds: 60,
  };
  const activity = {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: '2026-11-02T08:00:00.5Z',
    server: { taskId: 't', endpoint: 'h:1', startedAt: '2026-11-02T08:00:00Z' },
    queued: 0,
    running: 0,
    idleSince: null,
    pools: { a: { queued: 0, running: 0 } },
    workers: [],
  };

  it('a lease has a purpose and one worker by default', () => {
    expect(parseLease(JSON.stringify(lease))).toEqual({
      ok: true,
      lease: { ...lease, purpose: '', pools: { a: { workers: 1 } } },
    });
  });

  it('fields of a later version are kept, wherever they are', () => {
    const more = { ...activity, colour: 1, server: { ...activity.server, colour: 1 } };
    expect(parseActivity(JSON.stringify(more))).toEqual({ ok: true, activity: more });
    expect(parseLease(JSON.stringify({ ...lease, colour: 1 }))).toMatchObject({ ok: true, lease: { colour: 1 } });
  });

  it('words of a later version are no fault', () => {
    const at = '2026-11-02T08:00:00Z';
    const words = { reason: 'Later', message: 'm', lastTransitionTime: at, observedRevision: null };
    const conditions = [{ type: 'Later', status: 'Mostly', ...words }];
    const actions = [{ type: 'Later', target: 't', reason: 'Later', evidence: {}, outcome: 'later' }];
    const parsed = parseStatus(JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Status', conditions, actions }));
    // All else that is required is missing, at the top.
    expect(parsed.ok || new Set(parsed.problems.map(({ pointer }) => pointer))).toEqual(new Set(['']));
  });

  it.each([
    ['a lease without end', parseLease, { ...lease, ttlSeconds: undefined }, '', 'ttlSeconds is missing'],
    [
      'a lease of nothing',
      parseLease,
      { ...lease, pools: {} },
      '/pools',
      'pools must NOT have fewer than 1 properties',
    ],
    ['a lease that is too short', parseLease, { ...lease, ttlSeconds: 4 }, '/ttlSeconds', 'ttlSeconds is too small'],
    ['another kind', parseLease, activity, '/kind', 'kind has a value that it can not have'],
    [
      'an activity at no time',
      parseActivity,
      { ...activity, reportedAt: 'now' },
      '/reportedAt',
      'reportedAt has not the form that it needs',
    ],
    ['less than nothing', parseActivity, { ...activity, queued: -1 }, '/queued', 'queued is too small'],
    ['a status of nothing', parseStatus, { apiVersion: 'bbf/v1', kind: 'Status' }, '', 'cluster is missing'],
  ])('%s is refused', (_, parse, document, pointer, message) => {
    const parsed = parse(JSON.stringify(document));
    expect(parsed.ok ? [] : parsed.problems).toContainEqual(expect.objectContaining({ pointer, message }));
  });

  it.each(['1.2.3.4:8980\nbuild --x', '1.2.3.4:1 --x', '1.2.3.4', "1.2.3.4:'", 'grpc://h:1', 'h:123456'])(
    '%j is no address',
    (address) => {
      for (const field of ['endpoint', 'privateEndpoint']) {
        const parsed = parseActivity(JSON.stringify({ ...activity, server: { ...activity.server, [field]: address } }));
        const message = `${field} has not the form that it needs`;
        const problem = {
          pointer: `/server/${field}`,
          message,
          expected: 'an address with its port like "203.0.113.9:8980"',
        };
        expect(parsed.ok ? [] : parsed.problems).toMatchObject([problem]);
      }
    },
  );

  it.each(['203.0.113.9:8980', 'h:1', 'farm.example.org:443', '[2001:db8::1]:8980'])('%s is an address', (endpoint) => {
    const server = { ...activity.server, endpoint, privateEndpoint: endpoint };
    expect(parseActivity(JSON.stringify({ ...activity, server }))).toMatchObject({ ok: true });
  });

  it('an activity tells of as many workers as a cluster may have', () => {
    const worker = { slots: 4, running: 4, draining: false, drained: false, actions: 99_999, busyMs: 999_999_999 };
    const workers = Array.from({ length: 20_000 }, (_, n) => ({
      name: String(n).padStart(32, '0'),
      pool: 'a',
      ...worker,
    }));
    expect(parseActivity(JSON.stringify({ ...activity, workers })).ok).toBe(true);
    const twice = parseActivity(JSON.stringify({ ...activity, workers: [...workers, ...workers] }));
    expect(twice.ok ? [] : twice.problems).toMatchObject([{ expected: 'at most 4194304 characters' }]);
  });

  const noInstants = [
    'now',
    '2026-13-02T08:00:00Z',
    '2026-11-00T08:00:00Z',
    '2026-11-02T24:00:00Z',
    '2026-11-02T08:60:00Z',
  ];
  it.each(noInstants)('says what an instant looks like, which %s does not', (idleSince) => {
    const parsed = parseActivity(JSON.stringify({ ...activity, idleSince }));
    expect(parsed.ok ? [] : parsed.problems).toContainEqual(
      expect.objectContaining({ pointer: '/idleSince', expected: 'an instant like "2026-11-02T08:00:00Z"' }),
    );
  });
});
