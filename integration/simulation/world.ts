/** The world of one run: the local cloud in virtual time, with the bucket, the foundation, and a record of all that happens. */
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { type Cloud, createCloud } from '../../local/cloud/cloud.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../../local/cloud/ecs/memory-runtime.ts';
import { AWS_TIMING, LOCAL_TIMING } from '../../local/cloud/ecs/timing.ts';
import type { DeliveryFate } from '../../local/cloud/events/state.ts';
import type { FunctionRuntime } from '../../local/cloud/lambda/runtime.ts';
import type { Services } from '../../local/cloud/services.ts';
import { createVirtualWorld, seededRandom, type VirtualWorld } from '../../local/cloud/virtual-world.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { BEGINS_AT, BUCKET, ENDPOINT, freshGround, INSTALLATION } from './foundation.ts';
import { type History, newHistory } from './history.ts';
import { stackFaultsOf } from './stack-faults.ts';
import { DEFAULT_CLUSTER, type Part, type Story } from './story.ts';

export type Door = 'direct' | 'sdk';

/** What steps of a story change while it runs. */
interface Weather {
  /** Of the reconciler's clock, against the world's. */
  skewMs: number;
  /** Of this version is the reconciler now. */
  version: string;
  lostEvents: number;
  doubledEvents: number;
  lateEventsMs: number;
  /** Reasons why tasks of a service can't be placed. */
  placement: Map<string, string>;
  /** Images whose program ends as soon as it starts, or starts and says nothing ever after. */
  badPrograms: Map<string, 'crashes' | 'hangs'>;
  /** The farm's servers report nothing until then. */
  silentUntil: number;
  /** What stays when all else clears up. */
  lasting: Set<'events' | 'clock' | `placement ${string}`>;
}

export interface SimulatedWorld {
  readonly story: Story;
  readonly door: Door;
  readonly clock: VirtualWorld;
  readonly cloud: Cloud;
  readonly services: Services;
  readonly tasks: MemoryRuntime;
  readonly weather: Weather;
  readonly history: History;
  readonly bucket: string;
  readonly begunAt: number;
  /** In [0, 1): the run's own chance, apart from the cloud's. */
  chance(): number;
  now(): number;
  /** Says that promises of somebody in this world are to settle before the clock moves. */
  stir: () => void;
  /** Ends the weather that does not last. */
  clearUp(): void;
  /** Faults that do not last have stopped. */
  isCalm(): boolean;
  /** The text of an object as it is now, or undefined. */
  text(key: string): string | undefined;
  /** Writes an object past every port, as somebody else than the reconciler; answers its version. */
  put(key: string, text: string): string;
  /** S3 version of the newest cluster.json, or null. */
  revision(cluster?: string): string | null;
  status(cluster?: string): Status | null;
  /** Name of the stack, and of the service, of a part. */
  nameOf(part: Part, cluster?: string): string;
}

/** AWS takes seconds for each step of a stack; the polls of the quick pace would only cost time here. */
const STACK_PACE = {
  aws: { phaseMs: 2_000, resourceMs: 4_000, pollMs: 5_000, retryMs: 20_000 },
  quick: { phaseMs: 100, resourceMs: 200, pollMs: 1_000, retryMs: 2_000 },
};
const TASK_PACE = { aws: AWS_TIMING, quick: LOCAL_TIMING };

export function createWorld(story: Story, door: Door, functions: FunctionRuntime): SimulatedWorld {
  const clock = createVirtualWorld({ seed: story.seed, startsAt: BEGINS_AT });
  const chance = seededRandom(story.seed ^ 0x5bf03635);
  const history = newHistory();
  const weather = fairWeather();
  const { saved, blobs: ground } = freshGround();
  const blobs = new Map(ground);
  const tasks = createMemoryRuntime();
  const pace = story.pace ?? 'aws';
  const isCalm = () => clock.now() >= BEGINS_AT + story.calmAt;
  const cloud = createCloud({
    world: clock,
    blobs: {
      put: (id, bytes) => void blobs.set(id, bytes),
      get: (id) => blobs.get(id),
      delete: (id) => void blobs.delete(id),
    },
    tasks,
    functions,
    endpoint: ENDPOINT,
    saved,
    checkSkew: false,
    delivery: deliveryOf(weather, chance),
    faults: { placement: ({ serviceName }) => weather.placement.get(serviceName) },
    ecsTiming: TASK_PACE[pace],
    stackTiming: STACK_PACE[pace],
    stackFaults: stackFaultsOf(story, () => clock.now() - BEGINS_AT, isCalm, history.hits),
  });
  cloud.resume();
  const { services } = cloud;
  const current = (key: string) => {
    const version = services.s3.state.buckets[BUCKET]?.objects[key]?.[0];
    return version && !version.deleteMarker ? version : undefined;
  };
  const text = (key: string) => {
    const body = blobs.get(current(key)?.blob ?? '');
    return body && textOf(body);
  };
  let latest: { blob: string; status: Status } | undefined;
  /** Many ask for the same status until it changes. */
  const statusOf = (blob: string | undefined) => {
    if (blob === undefined) return null;
    if (latest?.blob !== blob) latest = { blob, status: JSON.parse(textOf(blobs.get(blob))) as Status };
    return latest.status;
  };
  return {
    story,
    door,
    clock,
    cloud,
    services,
    tasks,
    weather,
    history,
    bucket: BUCKET,
    begunAt: BEGINS_AT,
    chance,
    now: () => clock.now(),
    stir: () => {},
    clearUp: () => clearUp(weather),
    isCalm,
    text,
    put: (key, body) => services.s3.putObject({ bucket: BUCKET, key, body, headers: JSON_TYPE }).versionId,
    revision: (cluster = DEFAULT_CLUSTER) => current(clusterKey(cluster))?.versionId ?? null,
    status: (cluster = DEFAULT_CLUSTER) => statusOf(current(statusKey(cluster))?.blob),
    nameOf: (part, cluster = DEFAULT_CLUSTER) =>
      part === 'server' ? serverStackName(INSTALLATION, cluster) : poolStackName(INSTALLATION, cluster, part),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

const fairWeather = (): Weather => ({
  skewMs: 0,
  version: '1.0.0',
  lostEvents: 0,
  doubledEvents: 0,
  lateEventsMs: 0,
  placement: new Map(),
  badPrograms: new Map(),
  silentUntil: 0,
  lasting: new Set(),
});

function clearUp(weather: Weather): void {
  const { lasting, placement } = weather;
  if (!lasting.has('events')) Object.assign(weather, { lostEvents: 0, doubledEvents: 0, lateEventsMs: 0 });
  if (!lasting.has('clock')) weather.skewMs = 0;
  for (const service of [...placement.keys()]) if (!lasting.has(`placement ${service}`)) placement.delete(service);
}

/** Schedules go by the same way, so a storm that loses every event would leave no schedule either: those always arrive. */
function deliveryOf(weather: Weather, chance: () => number): DeliveryFate {
  return (event) => {
    if (event.source === 'aws.events') return { copies: 1, delayMs: 0 };
    const delayMs = Math.round(chance() * weather.lateEventsMs);
    if (chance() < weather.lostEvents) return { copies: 0, delayMs };
    return { copies: chance() < weather.doubledEvents ? 2 : 1, delayMs };
  };
}

const textOf = (body: Uint8Array = Buffer.alloc(0)) =>
  Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
