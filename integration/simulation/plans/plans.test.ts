import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generatedPlans } from './generated.ts';
import { spread } from './occurrences.ts';
import { CLASSES, type FaultPlan, type Plan, type PlanClass, parsePlan } from './plan.ts';
import { committedPlans, keptViolations, readPlan, runPlan } from './run-plan.ts';
import { WORKLOADS } from './workloads.ts';

/** Of each class; all of them are run by `npm run simulate -- --plans`. */
const SAMPLE = 2;
/** Some of these go through the SDK here, the second of each eight; for all that takes longer than a test should, and `--plans` does it. */
const THROUGH_SDK: readonly PlanClass[] = ['A', 'I'];
const EVERY = 8;
/** Ten times what the slowest takes on a machine that has nothing else to do. */
const TIMEOUT_MS = 300_000;
/** Classes that need the world; the state table has a test of its own. */
const WORLDLY = CLASSES.filter((name) => name !== 'E' && name !== 'Z');

describe('the plans that are kept', () => {
  const kept = committedPlans();
  const throughSdk = kept
    .filter(({ plan }) => THROUGH_SDK.includes(plan.class))
    .filter((_, index) => index % EVERY === 1);
  it.each(kept)('$name', { timeout: TIMEOUT_MS }, async (file) => {
    const door = throughSdk.includes(file) ? 'sdk' : 'direct';
    expect(keptViolations(await runPlan(file.plan, { door }))).toEqual([]);
  });
});

describe('some of the generated plans, straight to the state machines', () => {
  it.each(WORLDLY)('class %s', { timeout: TIMEOUT_MS }, async (name) => {
    const plans = await generatedPlans([name]);
    expect(plans.length).toBeGreaterThan(200);
    for (const plan of spread(plans, SAMPLE)) {
      const { violations } = await runPlan(plan);
      expect(violations, `${name}, ${JSON.stringify('workload' in plan && plan.workload)}: ${plan.title}`).toEqual([]);
    }
  });
});

describe('a plan', () => {
  let folder: string | undefined;
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('is read from a file as it was written', () => {
    folder = mkdtempSync(join(tmpdir(), 'bbf-plan-'));
    const plan: Plan = {
      class: 'A',
      title: 'a crash',
      workload: 'grow',
      faults: [{ point: 'stacks.create', kind: 'crash' }],
    };
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    expect(readPlan(file)).toEqual(plan);
  });

  it('may be a story alone, as the shrinking of a seed prints it', () => {
    const story = { title: 'S7', seed: 3, steps: [], faults: [], calmAt: 1 };
    expect(parsePlan(JSON.stringify(story), 'x.json')).toEqual({ class: 'Z', title: 'S7', story });
  });

  it.each([
    ['{}', 'is no plan'],
    ['{"class":"A","title":"x"}', 'is no plan'],
    ['{"class":"E","title":"x","state":{"stack":"X","service":"absent","intent":"keep","leased":false}}', 'no row'],
  ])('is refused: %s', (text, message) => {
    expect(() => parsePlan(text, 'x.json')).toThrow(message);
  });

  it('of an unknown workload says which there are', async () => {
    const plan: Plan = { class: 'A', title: 'x', workload: 'frobnicate' };
    await expect(runPlan(plan)).rejects.toThrow('no workload is called frobnicate; there are create');
  });

  it.each<[string, Partial<FaultPlan>]>([
    ['a call that nobody makes', { faults: [{ point: 'stacks.rollback', kind: 'crash' }] }],
    ['a read that was not out of date', { faults: [{ point: 'stacks.read', kind: 'stale', times: null, until: 900 }] }],
    ['a listing, which no conditional write meets', { faults: [{ point: 'documents.list', kind: 'conflict' }] }],
    ['a stack that nobody deletes', { stackFaults: [{ part: 'server', operation: 'delete' }] }],
    ['a task before there is any', { steps: [{ at: 500, do: 'kill', part: 'default', count: 1 }] }],
    ['a stack before there is any', { steps: [{ at: 500, do: 'deleteStack', part: 'default' }] }],
    ['a service before there is any', { steps: [{ at: 500, do: 'scale', part: 'default', count: 1 }] }],
  ])('that is kept for %s proves nothing, and is told', async (_, wrong) => {
    const plan: Plan = { class: 'A', title: 'x', workload: 'create', door: 'direct', ...wrong };
    expect(keptViolations(await runPlan(plan)).map(({ oracle }) => oracle)).toEqual(['MET']);
  });

  it.each<[string, Partial<FaultPlan>]>([
    ['a pause that outlives its invocation', { faults: [{ point: 'stacks.create', kind: 'pause', ms: 150_000 }] }],
    ['a task', { steps: [{ at: 150_000, do: 'kill', part: 'default', count: 1 }] }],
    ['a stack', { stackFaults: [{ part: 'server', operation: 'create' }] }],
  ])('that is kept for %s which it meets has nothing to be told', async (_, wrong) => {
    const plan: Plan = { class: 'A', title: 'x', workload: 'create', door: 'direct', ...wrong };
    expect((await runPlan(plan)).isMet).toBe(true);
  });

  it('that breaks a promise is told', async () => {
    const deletion = { ...(WORKLOADS.create ?? { title: '', steps: [] }), like: 'delete' };
    const plan: Plan = { class: 'H', title: 'ends otherwise than it should', workload: deletion, door: 'direct' };
    expect((await runPlan(plan)).violations.map(({ oracle }) => oracle)).toContain('END');
  });
});

it('the same plans are made each time', async () => {
  const names = async (name: PlanClass) => (await generatedPlans([name])).map(({ title }) => title);
  expect(await names('F')).toEqual(await names('F'));
});
