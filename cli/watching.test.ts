import { expect, it } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { programDouble } from './testing/program-double.ts';
import { watching } from './watching.ts';

const silent = () => new Failure('unavailable', 'S3 does not answer', { next: 'the same again' });

/** What is shown of the answers, the third 'last' of which is the end. */
async function shown(answers: (string | Failure)[]) {
  const program = programDouble();
  const seen: string[] = [];
  const look = async () => {
    const answer = answers.shift() ?? 'last';
    if (typeof answer !== 'string') throw answer;
    return answer;
  };
  const each = async (answer: string) => {
    seen.push(answer);
    return answer === 'last';
  };
  const code = await watching(look, each, 1_000, program);
  return { code, seen, notes: program.stderr() };
}

it('goes on where answers do not come for a while, and says so once', async () => {
  const { code, seen, notes } = await shown(['a', silent(), silent(), 'b', silent()]);
  expect({ code, seen }).toEqual({ code: 0, seen: ['a', 'b', 'last'] });
  const said = 'bbf: S3 does not answer; looking again\n';
  expect(notes).toBe(said + said);
});

it('leaves to a screen what it says of answers that do not come', async () => {
  const program = programDouble();
  const answers = ['a', silent(), silent(), 'last'];
  const look = async () => {
    const answer = answers.shift();
    if (typeof answer !== 'string') throw answer;
    return answer;
  };
  const drawn: string[] = [];
  await watching(
    look,
    async (answer) => answer === 'last',
    1_000,
    program,
    (why) => void drawn.push(why),
  );
  const said = 'bbf: S3 does not answer; looking again\n';
  expect([drawn, program.stderr()]).toEqual([[said, said], '']);
});

it('ends with the first answer that does not come, and with what is wrong for good', async () => {
  await expect(shown([silent()])).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
  const refused = new Failure('permission', 'you may not', { next: 'ask' });
  await expect(shown(['a', refused])).rejects.toBe(refused);
});

it('ends with Ctrl-C while nobody answers', async () => {
  const program = programDouble();
  let looks = 0;
  const look = () => {
    looks += 1;
    if (looks > 1) setImmediate(() => process.emit('SIGINT'));
    return looks > 1 ? new Promise<string>(() => {}) : Promise.resolve('a');
  };
  await expect(watching(look, async () => false, 1_000, program)).rejects.toMatchObject({
    name: 'Interrupted',
    signal: 'SIGINT',
  });
});
