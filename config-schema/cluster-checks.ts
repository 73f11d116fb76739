/** What a cluster must satisfy beyond its schema: numbers that fit together, names that exist, schedules that fire. */
import { Cron } from 'croner';
import { closest } from 'fastest-levenshtein';
import { COMPANIONS } from './cluster.schema.ts';
import type { Cluster, Pool, Problem, Spec } from './documents.ts';
import { formatDuration, parseDuration } from './durations.ts';
import { FARGATE_CPU, fargateMemory, nearestSize } from './fargate-sizes.ts';
import { escapePointer } from './json-text.ts';
import { type Network, nextWorkerUsdPerHour, OWN_NETWORK, serverUsdPerHour } from './prices.ts';
import { excerpt, type SchemaProblem } from './schema-problems.ts';

/** Problems of a cluster whose schema is satisfied. `name` is the one that its key in the bucket gives. */
export function clusterProblems(cluster: Cluster, name: string | undefined): SchemaProblem[] {
  const { spec } = cluster;
  return [
    ...(name === undefined ? [] : nameProblems(cluster, name)),
    ...tombstoneProblems(cluster),
    ...sizeProblems('/spec/server', spec.server),
    ...Object.keys(spec.pools).flatMap(poolNameProblems),
    ...Object.entries(spec.pools).flatMap(([pool, value]) => poolProblems(`/spec/pools/${pool}`, value)),
    ...engineProblems(spec.engine),
    ...durationProblems(spec),
    ...spec.scaling.schedules.flatMap((schedule, index) => scheduleProblems(spec, schedule, index)),
  ];
}

/** What is legal and most likely not meant. */
export function clusterWarnings({ spec }: Cluster): Problem[] {
  return [
    ...Object.entries(spec.pools).flatMap(([name, pool]) => baseWarnings(`/spec/pools/${name}/onDemandBase`, pool)),
    ...spec.scaling.schedules.flatMap((_, index) => floorWarnings(spec, index)),
    ...budgetWarnings(spec),
  ];
}

function nameProblems(cluster: Cluster, name: string): Problem[] {
  const seen = cluster.metadata.name;
  if (seen === name) return [];
  const message = 'the document names another cluster than the place where it lies';
  const fix = `write ${excerpt(name)}, or put the document at clusters/${seen}/cluster.json`;
  return [{ pointer: '/metadata/name', message, seen: excerpt(seen), expected: excerpt(name), fix }];
}

function tombstoneProblems({ metadata, spec }: Cluster): Problem[] {
  if (!spec.delete || metadata.uid === undefined || spec.delete.uid === metadata.uid) return [];
  const message = 'the tombstone is of another cluster: its uid is not this one’s';
  const fix = 'run bbf delete, which writes the right one, or remove spec.delete to keep the cluster';
  const seen = excerpt(spec.delete.uid);
  return [{ pointer: '/spec/delete/uid', message, seen, expected: excerpt(metadata.uid), fix }];
}

/** The parts of an installation that bbf names beside pools: a pool of that name could not be told from them. */
const TAKEN = new Map([
  ['server', 'the build server'],
  ['reconciler', 'the reconciler'],
]);

function poolNameProblems(pool: string): SchemaProblem[] {
  const part = TAKEN.get(pool);
  if (part === undefined) return [];
  const message = `a pool can not be called like ${part}: bbf logs ${pool} shows the log of that`;
  const expected = `any other name than ${[...TAKEN.keys()].join(' and ')}`;
  const fix = `write ${excerpt(`${pool}-pool`)}`;
  return [{ part: 'key', pointer: `/spec/pools/${pool}`, message, seen: excerpt(pool), expected, fix }];
}

function poolProblems(pointer: string, pool: Pool): Problem[] {
  const problems = [...sizeProblems(pointer, pool), ...platformProblems(`${pointer}/platform`, pool.platform)];
  if (pool.workers <= pool.workersMax) return problems;
  const message = 'workers is more than workersMax';
  const expected = `at most workersMax, ${pool.workersMax}`;
  const fix = `lower workers to ${pool.workersMax}, or raise workersMax to ${pool.workers}`;
  return [...problems, { pointer: `${pointer}/workers`, message, seen: `${pool.workers}`, expected, fix }];
}

/**
 * A platform goes to its workers in a parameter of a stack, of 4,096 bytes (CloudFormation UG "Understand CloudFormation quotas"). Less than
 * these, so that it also fits where an engine's configuration of up to 800 names it.
 */
const PLATFORM_BYTES_MAX = 3_072;
/** Of its `Arch`, which stands in a configuration of up to 3,000 bytes for the most pools, and twice in a worker’s of 1,000. */
const ARCH_BYTES_MAX = 1_000;

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

function platformProblems(pointer: string, platform: Pool['platform']): Problem[] {
  return [...spaceProblems(pointer, platform), ...archProblems(pointer, platform)];
}

function archProblems(pointer: string, { Arch = '' }: Pool['platform']): Problem[] {
  const bytes = bytesOf(Arch);
  if (bytes <= ARCH_BYTES_MAX) return [];
  const message = 'Arch is more than the configuration of an engine can hold';
  const expected = `at most ${ARCH_BYTES_MAX} bytes`;
  return [{ pointer: `${pointer}/Arch`, message, seen: `${bytes} bytes`, expected, fix: 'shorten it' }];
}

function spaceProblems(pointer: string, platform: Pool['platform']): Problem[] {
  const properties = Object.entries(platform).map(([name, value]) => ({ name, value }));
  const bytes = bytesOf(properties);
  if (bytes <= PLATFORM_BYTES_MAX) return [];
  const message = 'the platform is more than a stack can hold';
  const seen = `${properties.length} properties, ${bytes} bytes`;
  const expected = `at most ${PLATFORM_BYTES_MAX} bytes: of names and values, and 23 for each property`;
  const fix = 'leave out properties that no action asks for, or shorten them';
  return [{ pointer, message, seen, expected, fix }];
}

function sizeProblems(pointer: string, size: Pick<Pool, 'cpu' | 'memoryMiB'>): Problem[] {
  const memory = fargateMemory(size.cpu);
  if (memory.length === 0) {
    const near = nearestSize(FARGATE_CPU, size.cpu);
    const expected = `one of ${FARGATE_CPU.join(', ')} (1024 is one vCPU)`;
    const message = 'Fargate has no such number of CPU units';
    return [{ pointer: `${pointer}/cpu`, message, seen: `${size.cpu}`, expected, fix: `write ${near}` }];
  }
  if (memory.includes(size.memoryMiB)) return [];
  const near = nearestSize(memory, size.memoryMiB);
  const message = `Fargate does not offer this memory with ${size.cpu} CPU units`;
  const expected = memory.length > 3 ? stepsOf(memory) : `one of ${memory.join(', ')}`;
  return [{ pointer: `${pointer}/memoryMiB`, message, seen: `${size.memoryMiB}`, expected, fix: `write ${near}` }];
}

function stepsOf(memory: number[]): string {
  const step = Number(memory[1]) - Number(memory[0]);
  return `${memory[0]} to ${memory.at(-1)} in steps of ${step}`;
}

function engineProblems(engine: Spec['engine']): Problem[] {
  const missing = COMPANIONS.filter((name) => engine[name] === undefined);
  if (missing.length === 0 || missing.length === COMPANIONS.length) return [];
  const named = COMPANIONS.filter((name) => engine[name] !== undefined);
  const message = 'an engine has all companions or none, and this one has some';
  const expected = `all of ${COMPANIONS.join(', ')}, or none`;
  const fix = `name ${missing.join(' and ')} as well, or run bbf images release, which writes them all`;
  return [{ pointer: '/spec/engine', message, seen: named.join(', '), expected, fix }];
}

/** Shortest and longest of each duration. Below, a cluster flaps or a build outlives its certificate; above, it is a slip of the unit. */
const BOUNDS = {
  idleAfter: ['1s', '30d'],
  scaleInAfter: ['0s', '1d'],
  clientTtl: ['1m', '1d'],
  for: ['1m', '7d'],
} as const;

function durationProblems(spec: Spec): Problem[] {
  return [
    ...outOfBounds('/spec/scaling/idleAfter', spec.scaling.idleAfter, BOUNDS.idleAfter),
    ...outOfBounds('/spec/scaling/scaleInAfter', spec.scaling.scaleInAfter, BOUNDS.scaleInAfter),
    ...outOfBounds('/spec/access/certificates/clientTtl', spec.access.certificates.clientTtl, BOUNDS.clientTtl),
  ];
}

function outOfBounds(pointer: string, text: string, [least, most]: readonly [string, string]): Problem[] {
  const [ms, from, to] = [text, least, most].map((value) => parseDuration(value) ?? Number.NaN) as [
    number,
    number,
    number,
  ];
  if (ms >= from && ms <= to) return [];
  const message = `${pointer.split('/').at(-1)} is too ${ms < from ? 'short' : 'long'}`;
  const fix = `write ${excerpt(formatDuration(ms < from ? from : to))}`;
  return [{ pointer, message, seen: excerpt(text), expected: `between ${least} and ${most}`, fix }];
}

type Schedule = Spec['scaling']['schedules'][number];

function scheduleProblems(spec: Spec, schedule: Schedule, index: number): Problem[] {
  const pointer = `/spec/scaling/schedules/${index}`;
  const names = Object.keys(spec.pools);
  const strangers = Object.keys(schedule.pools).filter((pool) => !Object.hasOwn(spec.pools, pool));
  return [
    ...outOfBounds(`${pointer}/for`, schedule.for, BOUNDS.for),
    ...timezoneProblems(`${pointer}/timezone`, schedule.timezone),
    ...cronProblems(`${pointer}/cron`, schedule.cron),
    ...strangers.map((pool): Problem => {
      const fix = names.length > 0 ? `write ${excerpt(closest(pool, names))}` : 'add the pool to spec.pools first';
      const expected = names.length > 0 ? `one of ${names.join(', ')}` : 'a pool of this cluster, which has none';
      const message = 'the schedule is for a pool that the cluster does not have';
      return { pointer: `${pointer}/pools/${escapePointer(pool)}`, message, seen: excerpt(pool), expected, fix };
    }),
  ];
}

function timezoneProblems(pointer: string, timezone: string): Problem[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return [];
  } catch {
    const expected = 'a name of the IANA time zone database';
    const near = closest(timezone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    return [
      {
        pointer,
        message: 'there is no such time zone',
        seen: excerpt(timezone),
        expected,
        fix: `write ${excerpt(near)}`,
      },
    ];
  }
}

const CRON_FORM = 'five fields: minute hour day-of-month month day-of-week, e.g. "0 8 * * MON-FRI"';

function cronProblems(pointer: string, cron: string): Problem[] {
  const problem = { pointer, seen: excerpt(cron), expected: CRON_FORM };
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5)
    return [{ ...problem, message: `cron has ${fields.length} fields`, fix: 'write five fields' }];
  try {
    // Whether it ever fires does not hang on when we ask.
    if (new Cron(cron, { timezone: 'UTC' }).nextRun(new Date(0))) return [];
    return [{ ...problem, message: 'cron names a time that never comes', fix: 'name a day that its month has' }];
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, '');
    return [{ ...problem, message: `cron can not be read: ${why}`, fix: 'correct that field' }];
  }
}

/** No errors: who turns a pool to on-demand while Spot is scarce, or lowers workersMax, need not touch a second field. */
function baseWarnings(pointer: string, { onDemandBase, capacity, workersMax }: Pool): Problem[] {
  const problem = { pointer, seen: `${onDemandBase}` };
  if (onDemandBase > 0 && capacity === 'on-demand') {
    const message = 'onDemandBase changes nothing in a pool whose workers are all on demand';
    return [{ ...problem, message, expected: '0', fix: 'remove it, or set capacity to "spot"' }];
  }
  if (onDemandBase <= workersMax) return [];
  const message = 'onDemandBase is more than workersMax, so no worker of this pool is on Spot';
  return [{ ...problem, message, expected: `at most ${workersMax}`, fix: `lower it to ${workersMax}` }];
}

function floorWarnings(spec: Spec, index: number): Problem[] {
  const schedule = spec.scaling.schedules[index] as Schedule;
  return Object.entries(schedule.pools).flatMap(([name, { workers }]) => {
    const most = (spec.pools[name] as Pool).workersMax;
    if (workers <= most) return [];
    const pointer = `/spec/scaling/schedules/${index}/pools/${name}/workers`;
    const message = 'the schedule asks for more workers than workersMax allows';
    return [
      { pointer, message, seen: `${workers}`, expected: `at most ${most}`, fix: `raise workersMax to ${workers}` },
    ];
  });
}

function budgetWarnings(spec: Spec): Problem[] {
  const { usdPerHour } = spec.budget;
  if (usdPerHour === undefined || Object.keys(spec.pools).length === 0) return [];
  // A document does not tell its network: what pays for one without addresses may be enough, and the advice is for either.
  if (usdPerHour >= leastUsdPerHour(spec, { publicAddresses: false })) return [];
  const needed = Math.ceil(leastUsdPerHour(spec, OWN_NETWORK) * 100) / 100;
  const message = 'the budget does not pay for the server and one worker, so nothing can be built';
  const fix = `raise it to ${needed}, or make server and workers smaller`;
  return [{ pointer: '/spec/budget/usdPerHour', message, seen: `${usdPerHour}`, expected: `at least ${needed}`, fix }];
}

function leastUsdPerHour(spec: Spec, network: Network): number {
  const workers = Object.values(spec.pools).map((pool) => nextWorkerUsdPerHour(pool, 0, network));
  return serverUsdPerHour(spec.server, network) + Math.min(...workers);
}
