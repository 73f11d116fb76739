import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../local/cloud/virtual-world.ts';
import { randomWords } from './command-line.fixture.ts';
import { bazelArguments, splitCommandLine, wrapperFlags } from './split.ts';

const SEED = Number(process.env.BBF_FUZZ_SEED ?? 20261128);
const REPLAY = `BBF_FUZZ_SEED=${SEED} npx vitest run ${import.meta.filename.split('/').slice(-3).join('/')}`;
const RUNS = 5_000;

const OWN = wrapperFlags.map(({ name, value, optional }) => ({
  name,
  takes: value !== undefined && optional === undefined,
}));

describe(`random command lines (${REPLAY})`, () => {
  const random = seededRandom(SEED);
  const { pick, some, ...words } = randomWords(random);

  it('reach Bazel as they were typed, less bbf’s own flags, and with what bbf adds in one place', () => {
    for (let run = 0; run < RUNS; run++) {
      const own = new Map<string, string>();
      const startup: string[] = [];
      const before = some(4, () => {
        if (random() < 0.5) {
          const { name, takes } = pick(OWN);
          const value = takes ? pick(['1', 'main', 'a b']) : '';
          own.set(name, value);
          if (!takes) return [`--${name}`];
          return random() < 0.5 ? [`--${name}=${value}`] : [`--${name}`, value];
        }
        const option = words.startup();
        startup.push(...option);
        return option;
      }).flat();
      const command = words.command();
      const rest = words.rest();
      const typed = [...before, command, ...rest];
      const line = splitCommandLine(typed);
      const seen = { own: line.own, args: bazelArguments(line, ['--added=1', '--added=2']), run };
      expect(seen, `${REPLAY}: ${JSON.stringify(typed)}`).toEqual({
        own,
        args: [...startup, command, '--added=1', '--added=2', ...rest],
        run,
      });
    }
  });
});
