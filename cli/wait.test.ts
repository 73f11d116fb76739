import { expect, it } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { programDouble } from './testing/program-double.ts';
import { type Verdict, waitFor } from './wait.ts';

const busy: Verdict<string> = { state: 'waiting', lines: [{ key: 'a', state: 'busy', text: 'farm: on its way' }] };
const done: Verdict<string> = {
  state: 'done',
  value: 'there',
  lines: [{ key: 'a', state: 'done', text: 'farm: there' }],
};

/** What is on the screen at the end of a wait whose looks answer these. */
async function screenAfter(verdicts: Verdict<string>[], pauseMs: number): Promise<string> {
  const program = programDouble();
  const { sleep } = program;
  Object.assign(program.terminal.notes, { interactive: true });
  program.sleep = (_asked, signal) => sleep(pauseMs, signal);
  const look = async () => verdicts.shift() ?? done;
  const { signal } = new AbortController();
  await waitFor({ what: 'the farm', look, timeoutMs: 60_000, next: '', signal }, program);
  return program.stderr().split('\r\u001b[K').at(-1)?.replaceAll('\u001b[J', '') ?? '';
}

it('shows how a wait ended', async () => {
  expect(await screenAfter([busy, busy], 500)).toBe('waiting for the farm\n  ✔ farm: there [1s]\n');
});

it('shows it also where it ended at once, after something was shown: a timer may come a millisecond early', async () => {
  expect(await screenAfter([busy], 149)).toBe('waiting for the farm\n  ✔ farm: there [0s]\n');
});

it('shows nothing where there was nothing to wait for', async () => {
  expect(await screenAfter([], 1)).toBe('');
});

it('gives what is waited for its time after the machine has slept, and ends when that is over', async () => {
  const program = programDouble();
  const { sleep } = program;
  const pauses = [8 * 3_600_000];
  program.sleep = (asked, signal) => sleep(pauses.pop() ?? asked, signal);
  let looks = 0;
  const look = async () => (++looks < 6 ? busy : done);
  const wait = { what: 'the farm', timeoutMs: 60_000, next: '', signal: new AbortController().signal };
  expect(await waitFor({ ...wait, look }, program)).toBe('there');
  await expect(waitFor({ ...wait, look: async () => busy }, program)).rejects.toMatchObject({
    exitCode: exitCodes.timeout,
    message: 'the farm took longer than 1m 00s',
  });
});

it('waits on where an answer does not come for a moment, and says so', async () => {
  const program = programDouble();
  Object.assign(program.terminal.notes, { interactive: false });
  const silent = () => new Failure('unavailable', 'S3 does not answer', { next: 'again' });
  const answers: (Verdict<string> | Failure)[] = [busy, silent(), silent(), busy];
  const look = async () => {
    const answer = answers.shift() ?? done;
    if (answer instanceof Failure) throw answer;
    return answer;
  };
  const wait = { what: 'the farm', timeoutMs: 60_000, next: '', signal: new AbortController().signal };
  expect(await waitFor({ ...wait, look }, program)).toBe('there');
  expect(program.stderr()).toContain('AWS: S3 does not answer');
});

it('ends with a first answer that does not come, and in time, with its words, where none ever comes again', async () => {
  const silent = new Failure('unavailable', 'S3 does not answer', { next: 'again' });
  const wait = { what: 'the farm', timeoutMs: 60_000, next: 'bbf status', signal: new AbortController().signal };
  const never = async () => {
    throw silent;
  };
  await expect(waitFor({ ...wait, look: never }, programDouble())).rejects.toBe(silent);
  let looks = 0;
  const once = async () => {
    looks += 1;
    if (looks > 1) throw silent;
    return busy;
  };
  await expect(waitFor({ ...wait, look: once }, programDouble())).rejects.toMatchObject({
    exitCode: exitCodes.timeout,
    message: 'the farm took longer than 1m 00s',
    details: ['farm: on its way', 'AWS: S3 does not answer'],
    next: 'again; then bbf status',
  });
  expect(looks).toBeGreaterThan(10);
});
