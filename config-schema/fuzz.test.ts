import { describe, expect, it } from 'vitest';
import { editCluster } from './edit-cluster.ts';
import { parseActivity, parseCluster, parseLease, parseStatus } from './parse.ts';

const SEED = Number(process.env.BBF_FUZZ_SEED ?? 20261102);
const REPLAY = `BBF_FUZZ_SEED=${SEED} npx vitest run ${import.meta.filename.split('/').slice(-2).join('/')}`;
const RUNS = 4_000;

/** mulberry32: small, seeded, and good enough to pick mutations. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const START = JSON.stringify(
  {
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: { name: 'main', uid: 'u' },
    spec: {
      delete: { uid: 'u' },
      pools: {
        default: { workers: 3, workersMax: 20, platform: { OSFamily: 'linux' } },
        arm: { architecture: 'arm64' },
      },
      scaling: {
        idleAfter: '20m',
        schedules: [
          { cron: '0 8 * * MON-FRI', timezone: 'Europe/Paris', for: '10h', pools: { default: { workers: 2 } } },
        ],
      },
      budget: { usdPerHour: 10 },
      access: { certificates: { clientTtl: '12h' } },
    },
  },
  null,
  1,
);

const SCRAPS = [
  'null',
  'true',
  '-1',
  '1e999',
  '0.5',
  '""',
  '"\\ud800"',
  '"0s"',
  '"\u0000"',
  '{}',
  '[]',
  '[[',
  '{"a":',
  '"__proto__":{"x":1},',
  '"constructor":{},',
  '"toString":',
  '//',
  '/*',
  '\uFEFF',
  '\\',
  '"',
  ',',
  ':',
  '"workers":"3"',
  '"bbf/v2"',
  '"* * * * *"',
  '"*/0 * * * *"',
  '"Mars/Base"',
  '"99999999999999999999d"',
  '🦀',
];

function mutate(text: string, next: () => number): string {
  const at = Math.floor(next() * text.length);
  const length = Math.floor(next() * 12);
  const scrap = SCRAPS[Math.floor(next() * SCRAPS.length)] ?? '';
  const choice = next();
  if (choice < 0.25) return text.slice(0, at) + text.slice(at + length);
  if (choice < 0.5) return text.slice(0, at) + scrap + text.slice(at);
  if (choice < 0.75) {
    // In place of a whole value, so that the text often stays JSON.
    const end = /^[^:]*:\s*("(?:[^"\\]|\\.)*"|[\w.+-]+)/s.exec(text.slice(at));
    return end?.[1]
      ? text.slice(0, at) + end[0].slice(0, -end[1].length) + scrap + text.slice(at + end[0].length)
      : text;
  }
  if (choice < 0.95)
    return (
      text.slice(0, at) +
      text
        .slice(at, at + length)
        .split('')
        .reverse()
        .join('') +
      text.slice(at + length)
    );
  return text.slice(0, at);
}

describe(`no text makes a parser throw (${REPLAY})`, () => {
  it('mutations of a good document', () => {
    const next = random(SEED);
    for (let run = 0; run < RUNS; run += 1) {
      let text = START;
      for (let times = Math.floor(next() * 4); times >= 0; times -= 1) text = mutate(text, next);
      try {
        for (const parse of [parseCluster, parseLease, parseActivity, parseStatus]) {
          const parsed = parse(text);
          if (parsed.ok) continue;
          if (parsed.problems.length === 0) throw new Error('no problem is named');
          for (const { message, expected, fix, line, column } of parsed.problems) {
            if (!message || !expected || !fix || !line || !column)
              throw new Error(`a problem is half told: ${message}`);
          }
        }
        editCluster(text, () => undefined, { writeId: 'w', writtenBy: 'x', reason: 'y' });
      } catch (error) {
        throw new Error(`${REPLAY}, run ${run}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
  });

  it('what a parser accepts it accepts again, with its defaults written out', () => {
    const next = random(SEED + 1);
    let accepted = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const parsed = parseCluster(mutate(START, next));
      if (!parsed.ok) continue;
      accepted += 1;
      expect(parseCluster(JSON.stringify(parsed.cluster)), `${REPLAY}, run ${run}`).toEqual(parsed);
    }
    expect(accepted).toBeGreaterThan(RUNS / 50);
  });
});
