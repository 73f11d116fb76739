/** `npm run simulate -- --race`: explores the lease, idle and sleep race, or replays one schedule of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { inWords, type RaceViolation, runRace } from './explore.ts';
import { replay } from './replay.ts';
import { DEEP, QUICK } from './scenario.ts';

/** @returns exit code: 1 on any violation. @throws UsageError for a scenario that is not there */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      race: { type: 'boolean' },
      'race-deep': { type: 'boolean', default: false },
      'race-only': { type: 'string' },
      'race-full': { type: 'boolean', default: false },
      'race-depth': { type: 'string' },
      'race-states': { type: 'string' },
      'race-replay': { type: 'string' },
      'race-save': { type: 'string' },
    },
  });
  if (values['race-replay'] !== undefined) return replayed(values['race-replay']);
  const all = values['race-deep'] ? [...QUICK, ...DEEP] : QUICK;
  const only = values['race-only'];
  const scenarios = only === undefined ? all : [...QUICK, ...DEEP].filter(({ name }) => name === only);
  if (scenarios.length === 0) throw new UsageError(`there is no scenario ${only}; there are: ${names()}`);
  const limit = (text: string | undefined) => (text === undefined ? Number.POSITIVE_INFINITY : Number(text));
  const result = await runRace({
    scenarios,
    full: values['race-full'],
    depth: limit(values['race-depth']),
    statesMax: limit(values['race-states']),
    note: (line) => console.log(line),
  });
  for (const violation of result.violations) console.log(told(violation));
  const [first] = result.violations;
  if (first && values['race-save'] !== undefined)
    writeFileSync(values['race-save'], `${JSON.stringify(first, null, 1)}\n`);
  console.log(`race: ${inWords(result)}`);
  return result.violations.length > 0 ? 1 : 0;
}

async function replayed(file: string): Promise<number> {
  const { lines, violation } = await replay(JSON.parse(readFileSync(file, 'utf8')) as RaceViolation);
  for (const line of lines) console.log(line);
  console.log(`race: ${violation ?? 'no violation'}`);
  return violation === null ? 0 : 1;
}

const names = () => [...QUICK, ...DEEP].map(({ name }) => name).join('; ');

/** One object a violation, as `--race-replay` takes it from a file. */
const told = (violation: RaceViolation) => JSON.stringify(violation, null, 1);
