import { expect, it } from 'vitest';
import { runRace } from './explore.ts';
import { QUICK, type Scenario } from './scenario.ts';

/** Ten times what it takes on a machine that has nothing else to do. */
const TIMEOUT_MS = 300_000;

const one = (name: string): Scenario[] =>
  QUICK.filter((scenario) => scenario.name === name).map((scenario) => ({ ...scenario, invocations: [1, 0] }));

it.each(['scale-in', 'shrink', 'suspend beside a lease'])(
  'reaches with reduction the ends that it reaches without: %s',
  {
    timeout: TIMEOUT_MS,
  },
  async (name) => {
    const scenarios = one(name);
    const full = await runRace({ scenarios, full: true });
    const reduced = await runRace({ scenarios });
    expect(full).toMatchObject({ violations: [], cut: false });
    expect(reduced).toMatchObject({ violations: [], cut: false });
    expect([...reduced.endings].sort()).toEqual([...full.endings].sort());
    expect(reduced.states).toBeLessThan(full.states);
  },
);

it('reaches the ends of two builds that claim alike, but for who of the two is who', {
  timeout: TIMEOUT_MS,
}, async () => {
  const scenarios = one('server, two clients');
  const full = await runRace({ scenarios, full: true });
  const reduced = await runRace({ scenarios });
  expect(reduced).toMatchObject({ violations: [], cut: false });
  expect(reduced.endings.size).toBeLessThan(full.endings.size);
  expect(nameless(reduced.endings)).toEqual(nameless(full.endings));
});

type World = { clients: unknown[]; workers: { runs: number | null }[] };
type Objects = [key: string, text: string, at: number][];

/** Of an ending and the same with the two names exchanged, the one that sorts first. */
function nameless(endings: ReadonlySet<string>): string[] {
  const both = (ending: string) => [ordered(ending), ordered(exchanged(ending))].sort();
  return [...new Set([...endings].map((ending) => both(ending)[0] as string))].sort();
}

function exchanged(ending: string): string {
  const other = (name: string) => (name === 'client-1' ? 'client-2' : 'client-1');
  const [world, objects] = JSON.parse(ending.replaceAll(/client-[12]/g, other)) as [World, Objects];
  const workers = world.workers.map(({ runs, ...worker }) => ({ ...worker, runs: runs === null ? null : 1 - runs }));
  return JSON.stringify([{ ...world, clients: world.clients.toReversed(), workers }, objects]);
}

/** Leases and objects by name, as an exchange of names leaves them in the other order. */
function ordered(ending: string): string {
  const [world, objects] = JSON.parse(ending) as [World, Objects];
  const sorted = objects.map(([key, text, at]) => [key, JSON.stringify(withLeasesInOrder(JSON.parse(text))), at]);
  return JSON.stringify([world, sorted.sort()]);
}

const withLeasesInOrder = (document: { leases?: { id: string }[] }) =>
  document.leases ? { ...document, leases: document.leases.toSorted((a, b) => (a.id < b.id ? -1 : 1)) } : document;
