/** Makes a failing story small: leaves out steps and faults as long as the same oracle still objects. */
import type { Oracle } from './history.ts';
import { runStory } from './run-story.ts';
import type { Story } from './story.ts';
import type { Door } from './world.ts';

interface ShrinkOptions {
  oracles: readonly Oracle[];
  /** The oracle that objects. */
  oracle: string;
  door?: Door;
  /** Most runs that it may take. Default 400. */
  runsMax?: number;
}

type ListName = 'steps' | 'faults' | 'stackFaults';
const LISTS: readonly ListName[] = ['faults', 'stackFaults', 'steps'];

/** Halves first, then quarters, down to single elements (Zeller's delta debugging), list by list until nothing more can go. */
export async function shrink(story: Story, { oracles, oracle, door, runsMax = 400 }: ShrinkOptions): Promise<Story> {
  let runs = 0;
  const fails = async (candidate: Story): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    const { violations } = await runStory(candidate, { oracles, ...(door && { door }) });
    return violations.some((violation) => violation.oracle === oracle);
  };
  let least = story;
  for (let before = ''; before !== JSON.stringify(least); ) {
    before = JSON.stringify(least);
    for (const list of LISTS) least = await withLess(least, list, fails);
  }
  for (const plainer of [plainOf, evenOf, onFarm]) {
    const candidate = plainer(least);
    if (await fails(candidate)) least = candidate;
  }
  return least;
}

async function withLess(story: Story, list: ListName, fails: (story: Story) => Promise<boolean>): Promise<Story> {
  let least = story;
  for (let size = Math.ceil((least[list]?.length ?? 0) / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < (least[list]?.length ?? 0); ) {
      const kept = (least[list] ?? []).toSpliced(at, size);
      const candidate = { ...least, [list]: kept } as Story;
      if (await fails(candidate)) least = candidate;
      else at += size;
    }
  }
  return least;
}

/** The pace and the latencies that a story has when nobody says otherwise. */
function plainOf({ pace: _, latencyMs: __, ...story }: Story): Story {
  return story;
}

const onFarm = ({ engine: _, ...story }: Story): Story => story;
const evenOf = (story: Story): Story => ({ ...story, latencyMs: [20, 20] });
