import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createColors } from './colors.ts';
import { changeText, fieldChanges } from './diff.ts';
import { directWriter } from './direct-writer.ts';
import { elapsed, fromNow } from './elapsed.ts';
import { openProgress, type ProgressLine } from './progress.ts';
import { seenWidth, shortened, table } from './table.ts';
import { openTerminal } from './terminal.ts';

const line = (key: string, state: ProgressLine['state'], text = key): ProgressLine => ({ key, state, text });

const lastDrawn = (written: string) => written.split('\r\u001b[K').at(-1)?.replaceAll('\u001b[J', '') ?? '';

function progress(interactive: boolean, quiet = false) {
  let written = '';
  let now = 0;
  const write = (text: string) => {
    written += text;
  };
  const colors = createColors(false);
  const opened = openProgress(
    { write, isRead: () => true, colors, interactive, width: () => 40, height: () => 24 },
    () => now,
    quiet,
  );
  const pass = (ms: number) => {
    now += ms;
  };
  return { ...opened, written: () => written, pass };
}

it.each([
  [20, 'a long line of text'],
  [16, 'a long line of …'],
  [8, 'a long …'],
  [1, '…'],
])('a coloured line in %d columns is whole codes and what there is room for', (width, seen) => {
  const { red, dim } = createColors(true);
  const line = shortened(`${red('a')} long line ${dim('of text')}`, width);
  expect(stripVTControlCharacters(line)).toBe(seen);
  expect(line).toContain(red(seen[0] === 'a' ? 'a' : ''));
});

it.each([
  ['ASCII', 'abc', 3],
  ['what bbf draws', '✔ · … → ⠋ ─', 11],
  ['Chinese', '漢字', 4],
  ['fullwidth and halfwidth', 'Ａｱ', 3],
  ['Hangul, whole and in parts', '한\u1112\u1161\u11AB', 4],
  ['emoji', '🚀a', 3],
  ['an emoji by its selector', '❤️', 2],
  ['a flag', '🇩🇪', 2],
  ['combining marks', 'e\u0301u\u0308', 2],
  ['joiners and marks of direction', 'a\u200Db\u202E', 2],
  ['a soft hyphen', 'a\u00ADb', 3],
])('%s take so many columns: %s', (_what, text, columns) => {
  expect(seenWidth(text)).toBe(columns);
  expect(seenWidth(createColors(true).red(text))).toBe(columns);
});

it.each([
  ['漢字漢字', 8, '漢字漢字'],
  ['漢字漢字', 7, '漢字漢…'],
  ['漢字漢字', 6, '漢字…'],
  ['a漢字b', 5, 'a漢…'],
  ['🚀🚀🚀', 4, '🚀…'],
  ['❤️❤️', 3, '❤️…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ['漢', 1, '…'],
])('%s in %i columns is %s, with no character in parts', (text, width, seen) => {
  const { red } = createColors(true);
  expect(shortened(text, width)).toBe(seen);
  expect(stripVTControlCharacters(shortened(red(text), width))).toBe(seen);
});

describe('progress', () => {
  it('without a terminal is one line for each change', () => {
    const shown = progress(false);
    shown.show('waiting', [line('a', 'busy'), line('b', 'busy')]);
    shown.pass(61_000);
    shown.show('waiting', [line('a', 'done'), line('b', 'busy')]);
    shown.end();
    expect(shown.written()).toBe('waiting\n  ...  a [0s]\n  ...  b [0s]\n  ok   a [1m 01s]\n');
  });

  it('without a terminal does not begin anew when its title is again what it was', () => {
    const shown = progress(false);
    for (const title of ['waiting', 'waiting, usually 3s', 'waiting']) shown.show(title, [line('a', 'busy')]);
    shown.end();
    expect(shown.written()).toBe('waiting\n  ...  a [0s]\nwaiting, usually 3s\n');
  });

  it('on a terminal is a tree, drawn over itself, each line with its own time', () => {
    const shown = progress(true);
    shown.show('waiting', [line('a', 'busy')]);
    shown.pass(5000);
    shown.show('waiting', [line('a', 'done'), line('b', 'busy', 'x'.repeat(60))]);
    shown.end();
    const last = lastDrawn(shown.written());
    expect(shown.written()).toContain('\u001b[2A');
    expect(last.split('\n')[1]).toBe('  ✔ a [5s]');
    for (const drawn of last.split('\n')) expect(drawn.length).toBeLessThanOrEqual(39);
  });

  it('leaves nothing behind that looks as if it went on', () => {
    const shown = progress(true);
    shown.show('waiting', [line('a', 'busy')]);
    shown.end();
    expect(lastDrawn(shown.written())).toBe('waiting\n  · a [0s]\n');
  });

  it('is never higher than a screen', () => {
    const shown = progress(true);
    shown.show(
      'waiting',
      [...Array(40).keys()].map((i) => line(`r${i}`, i < 35 ? 'done' : 'busy')),
    );
    shown.end();
    expect(shown.written()).toContain('✔ 35 done');
    expect(lastDrawn(shown.written()).split('\n').length).toBeLessThan(15);
  });

  it('is nothing when quiet', () => {
    const shown = progress(false, true);
    shown.show('waiting', [line('a', 'busy')]);
    expect(shown.written()).toBe('');
  });
});

describe('what is written past the stream', () => {
  /** A descriptor that takes nothing, as one whose reader is slow. */
  const NONE = -1;

  it('is through when the slow stream has taken all of it', async () => {
    const taken: string[] = [];
    let next: (() => void) | undefined;
    const slow = new Writable({
      write(chunk, _encoding, done) {
        next = () => {
          taken.push(String(chunk));
          done();
        };
      },
    });
    const writer = directWriter(NONE, () => slow);
    writer.write('one');
    writer.write('two');
    let isThrough = false;
    const through = writer.written().then(() => {
      isThrough = true;
    });
    for (let write = 0; write < 2; write++) {
      expect(isThrough).toBe(false);
      next?.();
      await new Promise(setImmediate);
    }
    next?.();
    await through;
    expect(taken.join('')).toBe('onetwo');
  });

  it('is through when nobody reads it any more', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    });
    const writer = directWriter(NONE, () => gone);
    writer.write('one');
    await writer.written();
    expect(gone.destroyed).toBe(true);
    expect(writer.isRead()).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))('fails where a result finds no room', () => {
    const full = openSync('/dev/full', 'w');
    const stream = () => new Writable();
    expect(() => directWriter(full, stream).write('a result')).toThrow(/can't be written: ENOSPC/);
    closeSync(full);
  });
});

describe('colours and questions', () => {
  const open = (isTerminal: boolean, options: { noColor: boolean; ci: boolean }) =>
    openTerminal(process, {
      terminals: { stdin: true, stdout: isTerminal, stderr: isTerminal },
      ...options,
    });
  it.each([
    ['at a terminal', true, false, true],
    ['with NO_COLOR', true, true, false],
    ['in a pipe', false, false, false],
  ])('%s', (_rule, isTerminal, noColor, colored) => {
    const { result } = open(isTerminal, { noColor, ci: false });
    expect(result.colors.red('x') !== 'x').toBe(colored);
  });
  it('nothing is drawn over at a terminal that knows no cursor', () => {
    const dumb = { terminals: { stdin: true, stdout: true, stderr: true }, noColor: true, ci: false, isDumb: true };
    const { ask, notes } = openTerminal(process, dumb);
    expect([ask === undefined, notes.interactive]).toEqual([false, false]);
  });
  it.each([
    ['Ctrl-C', '\u0003', { signal: 'SIGINT' }],
    ['Ctrl-D', '\u0004', ''],
    ['an answer', 'yes\r', 'yes'],
  ])('%s ends the line of the question', async (_, keys, expected) => {
    const [stdin, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
      Object.assign(stream, { isTTY: true }),
    );
    const streams = { stdin, stdout: stderr, stderr } as unknown as Parameters<typeof openTerminal>[0];
    const terminals = { stdin: true, stdout: true, stderr: true };
    const { ask } = openTerminal(streams, { terminals, noColor: true, ci: false });
    const asked = ask?.('Go on?').catch((error: unknown) => error);
    await once(stderr as PassThrough, 'readable');
    stdin?.write(keys);
    if (typeof expected === 'string') expect(await asked).toBe(expected);
    else expect(await asked).toMatchObject(expected);
    expect(String(stderr?.read())).toMatch(/Go on\? .*\r?\n$/s);
  });
  it('are not there in continuous integration', () => {
    const { ask, notes } = open(true, { noColor: false, ci: true });
    expect([ask, notes.interactive]).toEqual([undefined, false]);
  });
});

describe('text', () => {
  it('has columns by what is seen', () => {
    expect(
      table([
        ['\u001b[1mab\u001b[22m', 'c'],
        ['a', 'c', 'd'],
      ]),
    ).toEqual(['\u001b[1mab\u001b[22m  c', 'a   c  d']);
  });
  it('has columns where characters are wide', () => {
    const rows = [
      ['漢字', 'c'],
      ['abc', 'c'],
    ];
    expect(table(rows)).toEqual(['漢字  c', 'abc   c']);
  });
  it('names changed fields', () => {
    const before = { pools: { a: { workers: 1 }, old: {} }, list: [1] };
    const after = { pools: { a: { workers: 2, slots: 4 } }, list: [1, 2] };
    expect(fieldChanges(before, after).map(changeText)).toEqual([
      'pools.a.workers: 1 → 2',
      'pools.a.slots: (unset) → 4',
      'pools.old: {} → (unset)',
      'list: [1] → [1,2]',
    ]);
  });
  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [7_500_000, '2h 05m'],
    [86_399_999, '23h 59m'],
    [86_400_000, '1d 0h'],
    [2_518_740_000, '29d 3h'],
  ])('%i ms is %s', (milliseconds, text) => {
    expect(elapsed(milliseconds)).toBe(text);
    expect(fromNow(new Date(milliseconds).toISOString(), 0)).toBe(milliseconds > 0 ? `in ${text}` : '0s ago');
  });
});
