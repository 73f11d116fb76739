/** Runs one story from its beginning until it has settled, or its time is up, and often on from there, and asks the oracles on the way. */
import { createBuilds } from './builds.ts';
import { callFaultsOf } from './call-faults.ts';
import { createFarm, type Farm } from './farm.ts';
import { createGate } from './gate.ts';
import { ask, type History, isStill, type Oracle, type Violation } from './history.ts';
import { createReconciler } from './invocations.ts';
import { sightOf } from './oracles/sight.ts';
import { judgedAt } from './overtime.ts';
import { createPastReads } from './past-reads.ts';
import { createPeople } from './people.ts';
import { isSettled } from './settled.ts';
import { carryOut } from './steps.ts';
import type { Story } from './story.ts';
import { createTrace } from './trace.ts';
import { createWorld, type Door, type SimulatedWorld } from './world.ts';

interface RunOptions {
  door?: Door;
  oracles?: readonly Oracle[];
  /** Gets every line of the trace. */
  tell?: (line: string) => void;
  /** Goes on after the first violation. */
  goOn?: boolean;
}

export interface RunResult {
  violations: Violation[];
  /** Of the whole trace: equal for equal runs. */
  hash: string;
  passes: number;
  world: SimulatedWorld;
  farm: Farm;
  history: History;
  /** Whether it settled within its time, and when, milliseconds since the calm began. */
  settledAfterMs: number | null;
}

const SETTLE_MS = 45 * 60_000;
/** Between two questions whether it has settled. */
const QUESTION_MS = 60_000;

export async function runStory(story: Story, options: RunOptions = {}): Promise<RunResult> {
  const { oracles = [], goOn = false } = options;
  const reconciler = createReconciler();
  const world = createWorld(story, options.door ?? 'direct', reconciler.runtime);
  const { clock, history } = world;
  const gate = createGate(world, callFaultsOf(world));
  world.stir = gate.stir;
  const past = createPastReads(world);
  const farm = createFarm(world);
  const builds = createBuilds(world, farm);
  const people = createPeople(world);
  const statusWritten = (cluster: string) => {
    for (const reader of [farm, builds, people]) reader.statusWritten(cluster);
  };
  farm.onServer = (cluster) => builds.serverChanged(cluster);
  reconciler.live({ world, gate, past, statusWritten });
  const trace = createTrace(world, options.tell);
  const onStep = oracles.filter((oracle) => oracle.when === 'step');
  const always = onStep.filter(({ about }) => about === undefined);
  const violations: Violation[] = [];
  for (const [index, step] of story.steps.entries()) {
    clock.schedule(`simulation/step/${index}`, world.begunAt + step.at, () => {
      trace.step(step);
      if (carryOut({ world, people, builds }, step)) history.hits.add(step);
    });
  }

  let remembered = 0;
  /** Runs all that is due until then, one timer after the other; false once an oracle objects. */
  async function until(end: number): Promise<boolean> {
    while (clock.runNext(end)) {
      const settling = gate.settled();
      if (settling) await settling;
      const changes = clock.changes('cloudformation') + clock.changes('ecs');
      if (changes !== remembered) await past.remember(reconciler.plainPorts);
      remembered = changes;
      const still = isStill(history.fresh);
      if (!still) trace.take(history.fresh);
      violations.push(...ask(still ? always : onStep, world, history));
      if (violations.length > 0 && !goOn) return false;
    }
    clock.advance(Math.max(0, end - clock.now()));
    return true;
  }

  const atEnd = oracles.filter((oracle) => oracle.when === 'end');
  const askAtEnd = () => void violations.push(...ask(atEnd, world, history));
  clock.schedule('simulation/calm', world.begunAt + story.calmAt, () => world.clearUp());
  const settledAfterMs = await toTheEnd({ world, until, askAtEnd, goes: () => violations.length === 0 || goOn });
  const { passes } = history;
  return { violations, hash: trace.hash(), passes, world, farm, history, settledAfterMs };
}

interface Run {
  world: SimulatedWorld;
  /** Runs all that is due until then, milliseconds since the epoch. */
  until(end: number): Promise<boolean>;
  /** No oracle has objected, or it goes on all the same. */
  goes(): boolean;
  askAtEnd(): void;
}

/** Past the calm until it has settled, and on for as long as is worth it. Answers when it settled, milliseconds since the calm began. */
async function toTheEnd({ world, until, goes, askAtEnd }: Run): Promise<number | null> {
  const { clock, history, story } = world;
  const settleMs = story.settleMs ?? SETTLE_MS;
  /** Whether it settled within its time. */
  const settles = async (): Promise<boolean> => {
    for (const lastAt = clock.now() + settleMs; clock.now() < lastAt; ) {
      if (!(await until(Math.min(lastAt, clock.now() + QUESTION_MS)))) return false;
      if (isSettled(world)) return true;
    }
    return false;
  };
  await until(world.begunAt + story.calmAt);
  if (!goes()) return null;
  const calmAt = clock.now();
  const settledAfterMs = (await settles()) ? clock.now() - calmAt : null;
  if (goes()) askAtEnd();
  const overtimeUntil = settledAfterMs === null ? null : judgedAt(sightOf(world), history);
  if (overtimeUntil === null || !goes()) return settledAfterMs;
  await until(overtimeUntil);
  // A schedule may just have begun to wake a cluster.
  if (goes() && !isSettled(world)) await settles();
  if (goes()) askAtEnd();
  return settledAfterMs;
}
