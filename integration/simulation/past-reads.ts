/** What reads of stacks and services would have answered a while ago: CloudFormation and ECS are consistent only in the end. */
import type { ServiceObservation, StackObservation } from '../../reconciler/core/observation.ts';
import type { Ports, Services, Stacks } from '../../reconciler/ports.ts';
import type { CallFault } from './story.ts';
import type { SimulatedWorld } from './world.ts';

/** Nothing is out of date for longer than this. */
const OLDEST_MS = 60_000;
const DEFAULT_LAG_MS = 10_000;

export interface PastRead<T> {
  value: T;
  /** Whether it is another one than the truth. */
  differs: boolean;
}

type Stale<T> = (fault: CallFault) => Promise<PastRead<T>>;

export interface PastReads {
  stack(stacks: Stacks, name: string): Stale<StackObservation>;
  services(services: Services, names: string[]): Stale<Record<string, ServiceObservation>>;
  /** The names of stacks; no phantoms among them, which are the affair of reads of one. */
  listing(stacks: Stacks, prefix: string): Stale<string[]>;
  /** To be called after each change of the cloud; does nothing in a story without stale reads. */
  remember(ports: () => Ports): Promise<void>;
}

interface Seen<T> {
  at: number;
  value: T;
  text: string;
}

const STALE_KINDS = ['stale', 'phantom-absence', 'phantom-presence'];
const LISTINGS = ['stacks.list', 'stacks.*', '*'];
const ABSENT = { state: 'absent' } as const;
/** ECS shows a deleted service as INACTIVE for a while. */
const GONE: readonly string[] = ['absent', 'INACTIVE'];

export function createPastReads(world: SimulatedWorld): PastReads {
  const isNeeded = world.story.faults.some(({ kind }) => STALE_KINDS.includes(kind));
  // A listing takes of the world's chance, and stories that need none must go on as they did.
  const isListed = world.story.faults.some(({ kind, point }) => kind === 'stale' && LISTINGS.includes(point));
  const stacks = new Map<string, Seen<StackObservation>[]>();
  const services = new Map<string, Seen<ServiceObservation>[]>();
  const listings = new Map<string, Seen<string[]>[]>();

  function add<T>(all: Map<string, Seen<T>[]>, name: string, value: T): void {
    const seen = all.get(name) ?? [];
    all.set(name, seen);
    const text = JSON.stringify(value);
    if (seen.at(-1)?.text !== text) seen.push({ at: world.now(), value, text });
    while ((seen[1]?.at ?? Number.POSITIVE_INFINITY) < world.now() - OLDEST_MS) seen.shift();
  }
  return {
    stack: (port, name) => {
      if (isNeeded && !stacks.has(name)) stacks.set(name, []);
      return async (fault) => {
        const now = await port.read(name);
        return compared(older(stacks.get(name) ?? [], now, fault, world.now()), now);
      };
    },
    services: (port, names) => {
      if (isNeeded) for (const name of names) if (!services.has(name)) services.set(name, []);
      return async (fault) => {
        const now = await port.describe(names);
        const aged = names.map((name) => [
          name,
          older(services.get(name) ?? [], now[name] ?? ABSENT, fault, world.now()),
        ]);
        return compared(Object.fromEntries(aged) as Record<string, ServiceObservation>, now);
      };
    },
    listing: (port, prefix) => {
      if (isListed && !listings.has(prefix)) listings.set(prefix, []);
      return async (fault) => {
        const now = await port.list(prefix);
        return compared(fault.kind === 'stale' ? past(listings.get(prefix) ?? [], now, fault, world.now()) : now, now);
      };
    },
    async remember(open) {
      if (!isNeeded) return;
      const ports = open();
      for (const prefix of listings.keys()) add(listings, prefix, await ports.stacks.list(prefix));
      for (const name of stacks.keys()) add(stacks, name, await ports.stacks.read(name));
      if (services.size === 0) return;
      const all = await ports.services.describe([...services.keys()]);
      for (const [name, value] of Object.entries(all)) add(services, name, value);
    },
  };
}

const compared = <T>(value: T, truth: T): PastRead<T> => ({
  value,
  differs: JSON.stringify(value) !== JSON.stringify(truth),
});

type MaybeAbsent = { state: string };

/** The truth where the fault does not apply: only what has just come can be missing, only what has just gone can still be seen. */
function older<T extends MaybeAbsent>(seen: Seen<T>[], truth: T, fault: CallFault, now: number): T {
  const { kind } = fault;
  const absence = seen.findLastIndex(({ value }) => GONE.includes(value.state));
  if (kind === 'phantom-absence') {
    const came = absence < 0 ? undefined : seen[absence + 1];
    return came && now - came.at < OLDEST_MS ? (ABSENT as unknown as T) : truth;
  }
  if (kind === 'phantom-presence') {
    const isRecent = absence > 0 && absence === seen.length - 1 && now - (seen[absence]?.at ?? 0) < OLDEST_MS;
    return isRecent ? (seen[absence - 1]?.value ?? truth) : truth;
  }
  return past(seen, truth, fault, now);
}

function past<T>(seen: Seen<T>[], truth: T, { ms = DEFAULT_LAG_MS }: CallFault, now: number): T {
  const then = now - Math.min(ms, OLDEST_MS);
  return seen.findLast(({ at }) => at <= then)?.value ?? seen[0]?.value ?? truth;
}
