import { describe, expect, it } from 'vitest';
import type { Problem } from './documents.ts';
import { parseCluster } from './parse.ts';

const text = (spec: unknown, more: object = {}) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec, ...more });

function problemsOf(source: string, options = {}): Problem[] {
  const parsed = parseCluster(source, options);
  return parsed.ok ? [] : parsed.problems;
}

/** Where a problem is and what it says, with the three parts of its advice. */
const told = (problems: Problem[]) =>
  problems.map(({ pointer, message, seen, expected, fix }) => [pointer, message, seen, expected, fix]);

/** Rows of a table whose columns stand between bars. */
const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((row) => row.split(' | ')) as string[][];

// what | spec | pointer | message | seen | expected | fix
const SPECS = rows(`
more workers than the most | {"pools":{"a":{"workers":5,"workersMax":4}}} | /spec/pools/a/workers | workers is more than workersMax | 5 | at most workersMax, 4 | lower workers to 4, or raise workersMax to 5
CPU that Fargate has not | {"pools":{"a":{"cpu":3000}}} | /spec/pools/a/cpu | Fargate has no such number of CPU units | 3000 | one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU) | write 2048
memory that does not go with it | {"pools":{"a":{"memoryMiB":40000}}} | /spec/pools/a/memoryMiB | Fargate does not offer this memory with 4096 CPU units | 40000 | 8192 to 30720 in steps of 1024 | write 30720
a pool that is called like the build server | {"pools":{"server":{}}} | /spec/pools/server | a pool can not be called like the build server: bbf logs server shows the log of that | "server" | any other name than server and reconciler | write "server-pool"
a pool that is called like the reconciler | {"pools":{"a":{},"reconciler":{}}} | /spec/pools/reconciler | a pool can not be called like the reconciler: bbf logs reconciler shows the log of that | "reconciler" | any other name than server and reconciler | write "reconciler-pool"
a small server | {"server":{"cpu":256,"memoryMiB":4096}} | /spec/server/memoryMiB | Fargate does not offer this memory with 256 CPU units | 4096 | one of 512, 1024, 2048 | write 2048
too short a wait | {"scaling":{"idleAfter":"999ms"}} | /spec/scaling/idleAfter | idleAfter is too short | "999ms" | between 1s and 30d | write "1s"
too long a wait | {"scaling":{"scaleInAfter":"25h"}} | /spec/scaling/scaleInAfter | scaleInAfter is too long | "25h" | between 0s and 1d | write "1d"
a gateway alone | {"engine":{"server":"s","gateway":"g"}} | /spec/engine | an engine has all companions or none, and this one has some | gateway | all of storage, backplane, gateway, agent, or none | name storage and backplane and agent as well, or run bbf images release, which writes them all
all companions but one | {"engine":{"storage":"s","backplane":"b","gateway":"g"}} | /spec/engine | an engine has all companions or none, and this one has some | storage, backplane, gateway | all of storage, backplane, gateway, agent, or none | name agent as well, or run bbf images release, which writes them all
certificates for years | {"access":{"certificates":{"clientTtl":"400d"}}} | /spec/access/certificates/clientTtl | clientTtl is too long | "400d" | between 1m and 1d | write "1d"
`);

// what | fields of the schedule | pointer in it | message | seen | expected | fix
const SCHEDULES = rows(`
a pool that is none | {"pools":{"bag":{"workers":1}}} | /pools/bag | the schedule is for a pool that the cluster does not have | "bag" | one of a, big | write "big"
a zone that is none | {"timezone":"Europe/Pariss"} | /timezone | there is no such time zone | "Europe/Pariss" | a name of the IANA time zone database | write "Europe/Paris"
seconds | {"cron":"0 0 8 * * *"} | /cron | cron has 6 fields | "0 0 8 * * *" | five fields: minute hour day-of-month month day-of-week, e.g. "0 8 * * MON-FRI" | write five fields
nothing | {"cron":""} | /cron | cron has 1 fields | "" | five fields: minute hour day-of-month month day-of-week, e.g. "0 8 * * MON-FRI" | write five fields
a minute that is none | {"cron":"61 8 * * *"} | /cron | cron can not be read: Invalid value for minute: 61 | "61 8 * * *" | five fields: minute hour day-of-month month day-of-week, e.g. "0 8 * * MON-FRI" | correct that field
a day that never comes | {"cron":"0 8 30 2 *"} | /cron | cron names a time that never comes | "0 8 30 2 *" | five fields: minute hour day-of-month month day-of-week, e.g. "0 8 * * MON-FRI" | name a day that its month has
a window of seconds | {"for":"59s"} | /for | for is too short | "59s" | between 1m and 7d | write "1m"
`);

const schedule = (fields: object) => ({
  pools: { a: {}, big: {} },
  scaling: { schedules: [{ cron: '0 8 * * MON-FRI', for: '10h', pools: { a: { workers: 1 } }, ...fields }] },
});

describe('parts of a cluster that do not fit together', () => {
  it.each(SPECS)('%s', (_, spec = '', ...problem) => {
    expect(told(problemsOf(text(JSON.parse(spec))))).toEqual([problem]);
  });

  it.each(SCHEDULES)('a schedule with %s', (_, fields = '', pointer, ...words) => {
    const problems = problemsOf(text(schedule(JSON.parse(fields))));
    expect(told(problems)).toEqual([[`/spec/scaling/schedules/0${pointer}`, ...words]]);
  });

  it('a platform of more than a parameter of a stack holds', () => {
    const platform = (properties: number) =>
      Object.fromEntries(Array.from({ length: properties }, (_, n) => [`property-${n + 100}`, `value-${n + 100}`]));
    expect(problemsOf(text({ pools: { a: { platform: platform(66) } } }))).toEqual([]);
    expect(told(problemsOf(text({ pools: { a: { platform: platform(80) } } })))).toEqual([
      [
        '/spec/pools/a/platform',
        'the platform is more than a stack can hold',
        '80 properties, 3521 bytes',
        'at most 3072 bytes: of names and values, and 23 for each property',
        'leave out properties that no action asks for, or shorten them',
      ],
    ]);
  });

  it('an architecture of more than the configuration of an engine holds', () => {
    const platform = (bytes: number) => ({ OSFamily: 'linux', Arch: 'v'.repeat(bytes - 2) });
    expect(problemsOf(text({ pools: { a: { platform: platform(1_000) } } }))).toEqual([]);
    expect(told(problemsOf(text({ pools: { a: { platform: platform(1_001) } } })))).toEqual([
      [
        '/spec/pools/a/platform/Arch',
        'Arch is more than the configuration of an engine can hold',
        '1001 bytes',
        'at most 1000 bytes',
        'shorten it',
      ],
    ]);
  });

  it.each([['1m'], ['7d']])('a window of %s is in bounds', (window) => {
    expect(problemsOf(text(schedule({ for: window, cron: ' 0 8  * * 1 ', timezone: 'Asia/Kolkata' })))).toEqual([]);
  });

  it('a schedule of a cluster without pools is for none of them', () => {
    const spec = { ...schedule({}), pools: {} };
    expect(problemsOf(text(spec))[0]).toMatchObject({
      expected: 'a pool of this cluster, which has none',
      fix: 'add the pool to spec.pools first',
    });
  });

  it.each([
    [{ pools: { a: { workers: 4, workersMax: 4 } } }],
    [{ scaling: { idleAfter: '1s', scaleInAfter: '0s' } }],
    [{ scaling: { idleAfter: '30d', scaleInAfter: '1d' } }],
    [{ access: { certificates: { clientTtl: '1m' } } }],
    [{ access: { certificates: { clientTtl: '1d' } } }],
    [{ pools: {} }],
    [{ pools: { a: { platform: { Pool: 'a', ' ': 'b=c' } } } }],
    [{ pools: { servers: {}, 'reconciler-2': {} } }],
  ])('%j is at the edge and good', (spec) =>
    expect(parseCluster(text(spec))).toMatchObject({ ok: true, warnings: [] }),
  );

  it('a pool with a name that is taken is at that name, and not at what it holds', () => {
    const source = '{"apiVersion":"bbf/v1","kind":"Cluster","metadata":{"name":"main"},"spec":{"pools":{"server":{}}}}';
    expect(problemsOf(source)).toMatchObject([{ line: 1, column: source.indexOf('"server"') + 1 }]);
  });

  it('its name agrees with the place where it lies', () => {
    expect(problemsOf(text({}), { cluster: 'main' })).toEqual([]);
    expect(told(problemsOf(text({}), { cluster: 'other' }))).toEqual([
      [
        '/metadata/name',
        'the document names another cluster than the place where it lies',
        '"main"',
        '"other"',
        'write "other", or put the document at clusters/main/cluster.json',
      ],
    ]);
  });

  it.each([
    ['of this cluster', { uid: 'u1' }, []],
    ['of a cluster whose uid only the status knows', {}, []],
    [
      'of another cluster',
      { uid: 'u2' },
      [
        [
          '/spec/delete/uid',
          'the tombstone is of another cluster: its uid is not this one’s',
          '"u1"',
          '"u2"',
          'run bbf delete, which writes the right one, or remove spec.delete to keep the cluster',
        ],
      ],
    ],
  ])('a tombstone %s', (_, metadata, expected) => {
    const source = text({ delete: { uid: 'u1' } }, { metadata: { name: 'main', ...metadata } });
    expect(told(problemsOf(source))).toEqual(expected);
  });
});

describe('warnings', () => {
  const warned = (spec: object) => {
    const parsed = parseCluster(text(spec));
    return parsed.ok ? told(parsed.warnings) : parsed.problems;
  };

  it('a schedule wants more than the most', () => {
    const spec = (workers: number) => ({
      pools: { a: { workersMax: 3 } },
      scaling: { schedules: [{ cron: '0 8 * * *', for: '1h', pools: { a: { workers } } }] },
    });
    const pointer = '/spec/scaling/schedules/0/pools/a/workers';
    expect(warned(spec(3))).toEqual([]);
    expect(warned(spec(4))).toEqual([
      [pointer, 'the schedule asks for more workers than workersMax allows', '4', 'at most 3', 'raise workersMax to 4'],
    ]);
  });

  it.each([
    [{ onDemandBase: 2 }, []],
    [{ onDemandBase: 2, workersMax: 2 }, []],
    [
      { onDemandBase: 3, workersMax: 2 },
      ['onDemandBase is more than workersMax, so no worker of this pool is on Spot', '3', 'at most 2', 'lower it to 2'],
    ],
    [
      { onDemandBase: 1, capacity: 'on-demand' },
      [
        'onDemandBase changes nothing in a pool whose workers are all on demand',
        '1',
        '0',
        'remove it, or set capacity to "spot"',
      ],
    ],
    [{ onDemandBase: 0, capacity: 'on-demand' }, []],
  ])('a base on demand: %j', (fields, words) => {
    const pointer = '/spec/pools/a/onDemandBase';
    expect(warned({ pools: { a: fields } })).toEqual(words.length > 0 ? [[pointer, ...words]] : []);
  });

  it('the budget pays for nothing', () => {
    // Server 1 vCPU, 2 GiB: 0.05437. Worker 4 vCPU, 8 GiB on Spot: 0.067574. Rounded up to a cent.
    const fix = 'raise it to 0.13, or make server and workers smaller';
    // Behind a NAT, where tasks have no public address, a cent less is enough.
    expect(warned({ budget: { usdPerHour: 0.112 } })).toEqual([]);
    expect(warned({ budget: { usdPerHour: 0.11 } })).toEqual([
      [
        '/spec/budget/usdPerHour',
        'the budget does not pay for the server and one worker, so nothing can be built',
        '0.11',
        'at least 0.13',
        fix,
      ],
    ]);
    expect(warned({ budget: { usdPerHour: 0.122 } })).toEqual([]);
    expect(warned({ budget: { usdPerHour: 0.12 }, pools: {} })).toEqual([]);
    expect(warned({ budget: { usdPerDay: 0.01 } })).toEqual([]);
    // The first worker on demand: 0.20581.
    const based = { pools: { a: { onDemandBase: 1 } } };
    expect(warned({ budget: { usdPerHour: 0.25 }, ...based })).toHaveLength(1);
    expect(warned({ budget: { usdPerHour: 0.27 }, ...based })).toEqual([]);
    const small = { cpu: 256, memoryMiB: 512 };
    expect(warned({ budget: { usdPerHour: 0.07 }, pools: { a: {}, small } }), 'the cheapest worker counts').toEqual([]);
  });
});
