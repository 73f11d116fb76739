import { expect, it } from 'vitest';
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
