/** `npm run zoo`: plants known bugs, one at a time, in a copy of the repository, and asks how long the campaign takes to catch each. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Case } from './cases.ts';
import { ask } from './child.ts';
import { type Copy, copyOf } from './copy.ts';
import type { Catch } from './hunt.ts';
import { type Patch, patchesIn } from './patches.ts';
import { refresh } from './refresh.ts';

const USAGE = `usage: npm run zoo [-- [NAME…] [--seeds N] [--minutes N] [--refresh]]
NAME: a part of a patch's name. --seeds: the last seed to try (3000). --minutes: for each bug (30).
--refresh: writes patches that the sources have moved away from anew, where they still fit roughly.`;

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const PATCHES = fileURLToPath(new URL('.', import.meta.url));
/** Seeds that a run without a bug must pass before anything is planted. */
const CLEAN_SEEDS = 10;

interface Limits {
  seeds: number;
  timeoutMs: number;
}

interface Found {
  patch: Patch;
  /** Null: nothing of the campaign objected. */
  caught: Catch | null;
  /** Why the hunt came to no end. */
  trouble?: string;
  cases: number;
  seconds: number;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '3000' },
      minutes: { type: 'string', default: '30' },
      refresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const patches = patchesIn(PATCHES, positionals);
  if (values.refresh) return refresh(REPOSITORY, patches);
  const limits = { seeds: Number(values.seeds), timeoutMs: Number(values.minutes) * 60_000 };
  const copy = copyOf(REPOSITORY);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      copy.remove();
      process.exit(code);
    });
  }
  try {
    return await hunts(copy, patches, limits);
  } finally {
    copy.remove();
  }
}

async function hunts(copy: Copy, patches: Patch[], limits: Limits): Promise<number> {
  const known = new Map<string, boolean>();
  const clean = await isClean(copy, limits, known);
  const found: Found[] = [];
  for (const patch of patches) {
    const one = await huntOf(copy, patch, limits, known);
    found.push(one);
    console.log(lineOf(one));
  }
  const missed = found.filter(({ caught }) => caught === null);
  const seeds = found.flatMap(({ caught }) => (caught?.case.kind === 'seed' ? caught.case.seed : []));
  console.log(`\n${tableOf(found)}\n`);
  console.log(`${found.length} bugs planted, ${found.length - missed.length} caught, ${seeds.length} of them by seeds`);
  if (!clean)
    console.log('Some cases object without any bug: they were left out, and the run does not count as clean.');
  for (const { patch, trouble } of missed) console.log(`NOT CAUGHT ${patch.name}${trouble ? `: ${trouble}` : ''}`);
  return missed.length > 0 || !clean ? 1 : 0;
}

/** Without a bug the plans, the workloads and some seeds must be silent; what is not is left out of every hunt. */
async function isClean(copy: Copy, { timeoutMs }: Limits, known: Map<string, boolean>): Promise<boolean> {
  for (let silent = true; ; silent = false) {
    const skip = [...known.keys()];
    const { caught, cases } = await ask(copy.folder, { clean: { seeds: CLEAN_SEEDS, skip } }, timeoutMs);
    if (caught === null) {
      console.log(`without a bug: ${cases} cases, ${skip.length} violations`);
      return silent;
    }
    known.set(caught.name, false);
    console.log(`without a bug: ${caught.name} objects: ${caught.what}`);
  }
}

/** A catch counts only when the very same case is silent without the bug. */
async function huntOf(copy: Copy, patch: Patch, limits: Limits, known: Map<string, boolean>): Promise<Found> {
  const begun = performance.now();
  const result = (caught: Catch | null, cases: number, trouble?: string): Found => {
    const seconds = (performance.now() - begun) / 1_000;
    return { patch, caught, cases, seconds, ...(trouble !== undefined && { trouble }) };
  };
  let cases = 0;
  for (;;) {
    const skip = [...known].flatMap(([name, silent]) => (silent ? [] : name));
    copy.plant(patch.file);
    const { caught, ...rest } = await ask(
      copy.folder,
      { hunt: { seeds: limits.seeds, hint: patch.hint, skip } },
      limits.timeoutMs,
    )
      .catch((error: Error) => ({ caught: null, cases: 0, trouble: error.message }))
      .finally(() => copy.takeOut(patch.file));
    cases += rest.cases;
    if (caught === null) return result(null, cases, 'trouble' in rest ? rest.trouble : undefined);
    if (await isSilent(copy, caught.name, caught.case, limits, known)) return result(caught, cases);
    console.log(`without a bug: ${caught.name} objects as well; the hunt goes on`);
  }
}

async function isSilent(
  copy: Copy,
  name: string,
  only: Case,
  { timeoutMs }: Limits,
  known: Map<string, boolean>,
): Promise<boolean> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const silent = (await ask(copy.folder, { only }, timeoutMs)).caught === null;
  known.set(name, silent);
  return silent;
}

function lineOf({ patch, caught, cases, seconds, trouble }: Found): string {
  const by = caught
    ? `caught by ${wayOf(caught, cases)}: ${caught.what}`
    : `NOT CAUGHT (${trouble ?? `${cases} cases`})`;
  return `${patch.name}: ${by} (${seconds.toFixed(1)} s)`;
}

/** A seed is found by trying all before it. */
function wayOf({ case: one, name }: Catch, cases: number): string {
  return one.kind === 'seed' ? `${name} (case ${cases})` : name;
}

function tableOf(found: Found[]): string {
  const rows = found.map(({ patch, caught, cases, seconds }) => [
    patch.name,
    patch.standsFor,
    caught ? wayOf(caught, cases) : 'NOT CAUGHT',
    caught?.what.split(':')[0] ?? '',
    `${seconds.toFixed(1)} s`,
  ]);
  const all = [['bug', 'stands for', 'caught by', 'oracle', 'time'], ...rows];
  const widths =
    all[0]?.map((_, column) => Math.min(70, Math.max(...all.map((row) => row[column]?.length ?? 0)))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.slice(0, 70).padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

process.exitCode = await main();
