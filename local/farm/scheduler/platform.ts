/** Which workers an action may run on: the properties it asks for against those a pool declares. */
import type { Property } from '../wire/messages.ts';

export type Properties = Readonly<Record<string, string>>;

/** Says how to make the environment of an action, which here is always the worker's own. */
const IGNORED = new Set(['container-image']);

const MACHINE = new Map([
  ['amd64', 'x86_64'],
  ['x86-64', 'x86_64'],
  ['aarch64', 'arm64'],
]);

/** Spellings that mean one thing: `Linux` and `linux`, `x86-64` and `x86_64`. */
function normal(name: string, value: string): string {
  const lower = value.toLowerCase();
  if (name === 'OSFamily') return lower;
  return name === 'Arch' || name === 'ISA' ? (MACHINE.get(lower) ?? lower) : value;
}

/**
 * What a worker offers: what its pool declares, and of what it doesn't, its own system.
 * @param architecture of the worker's processor, as Node's process.arch says it
 */
export function offeredProperties(pool: string, declared: Properties, architecture: string): Properties {
  const machine = architecture === 'x64' ? 'x86_64' : architecture;
  return { OSFamily: 'linux', Arch: machine, ISA: machine, Pool: pool, ...declared };
}

/** The same of pools that may have no worker yet; what several can take is for the one called default, or the first by name. */
export function offeredBy(platforms: Readonly<Record<string, Properties>>, architecture: string) {
  const names = Object.keys(platforms).sort();
  const order = [...names.filter((name) => name === 'default'), ...names.filter((name) => name !== 'default')];
  return new Map(order.map((pool) => [pool, offeredProperties(pool, platforms[pool] ?? {}, architecture)]));
}

/** True when every property that the action asks for is offered with that value. Properties not offered at all match nothing. */
export function matches(offered: Properties, wanted: readonly Property[]): boolean {
  return wanted.every((property) => isOffered(offered, property));
}

function isOffered(offered: Properties, { name, value }: Property): boolean {
  const own = offered[name];
  return IGNORED.has(name) || (own !== undefined && normal(name, own) === normal(name, value));
}

/** Of what an action that no pool fits asks for: what none of them offers; or all of it, where each is offered, but by no one pool. */
export function unmatched(pools: Iterable<Properties>, wanted: readonly Property[]): Property[] {
  const all = [...pools];
  const named = wanted.filter(({ name }) => !IGNORED.has(name));
  const missing = named.filter((property) => !all.some((offered) => isOffered(offered, property)));
  return missing.length > 0 ? missing : named;
}

/** Equal for equal wishes, in whatever order they come. */
export function platformKey(wanted: readonly Property[]): string {
  return JSON.stringify(wanted.map(({ name, value }) => [name, value]).sort());
}
