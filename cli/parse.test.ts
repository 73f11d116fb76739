import { describe, expect, it } from 'vitest';
import type { Command } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { parseCall } from './parse.ts';
import { countFlag, durationFlag } from './quantities.ts';

const command: Command = {
  name: 'want',
  summary: '',
  arguments: [{ name: 'NAME', required: false, summary: '' }],
  flags: [
    { name: 'workers', value: 'N', summary: '' },
    { name: 'no-wait', summary: '' },
    { name: 'delete-data', summary: '' },
    { name: 'timeout', value: 'DURATION', summary: '' },
    { name: 'wait', value: 'DURATION', optional: 'usual', summary: '' },
    { name: 'reason', value: 'WHY', summary: '' },
    { name: 'file', short: 'f', value: 'FILE', summary: '' },
    { name: 'pools', value: 'A,B', repeatable: true, summary: '' },
    { name: 'dry-run', short: 'n', summary: '' },
    { name: 'ask-first', refusable: true, summary: '' },
  ],
  examples: [],
  run: async () => 0,
};
const parse = (...argv: string[]) => parseCall(command, argv);
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ exitCode: exitCodes.usage });
    return (error as Error).message;
  }
  throw new Error('it did not fail');
};

describe('a command line', () => {
  it('is taken apart by what the command declares', () => {
    const call = parse('main', '--workers', '3', '--no-wait', '--delete-data');
    expect(call.arguments).toEqual(['main']);
    expect(call.text('workers')).toBe('3');
    expect([call.has('no-wait'), call.has('delete-data'), call.has('help')]).toEqual([true, true, false]);
    expect(parse().has('no-wait')).toBe(false);
    expect(parse('--workers=2', '--workers', '2').text('workers')).toBe('2');
    expect(parse('--pools=a,b', '--pools', 'c').text('pools')).toBe('a,b,c');
    expect(parse('--', '--x').arguments).toEqual(['--x']);
    expect([parse('-fok.yaml').text('file'), parse('-f=ok.yaml').text('file')]).toEqual(['ok.yaml', 'ok.yaml']);
  });

  it.each([
    [[], undefined, false],
    [['--wait'], 'usual', false],
    [['--wait=5s'], '5s', false],
    [['--no-wait'], undefined, true],
    [['--wait=5s', '--no-wait'], undefined, true],
    [['--no-wait', '--wait=5s'], '5s', false],
  ])('%j has a flag and its refusal, of which the last one counts', (argv, value, refused) => {
    const call = parse(...argv);
    expect([call.text('wait'), call.has('wait'), call.has('no-wait')]).toEqual([value, value !== undefined, refused]);
  });

  it.each([
    ['--dry-run=true', true],
    ['--dry-run=false', false],
    ['-n=true', true],
    ['--dry-run --dry-run=false', false],
    ['--dry-run=false --dry-run', true],
  ])('%s of a flag without a value: %s', (argv, given) => {
    expect(parse(...argv.split(' ')).has('dry-run')).toBe(given);
  });

  it.each([
    ['--no-wait=true', true],
    ['--no-wait=false', false],
  ])('%s: %s', (word, given) => {
    expect(parse(word).has('no-wait')).toBe(given);
  });

  it.each([
    ['--ask-first', true],
    ['--ask-first=false', false],
    ['--no-ask-first', false],
    ['--no-ask-first=false', true],
    ['--ask-first --no-ask-first', false],
    ['--no-ask-first --ask-first', true],
    ['', undefined],
  ])('"%s" of a flag that can be refused: %s', (argv, chosen) => {
    expect(parse(...argv.split(' ').filter(Boolean)).choice('ask-first')).toBe(chosen);
  });

  it.each(['--dry-run', '--delete-data', '--ask-first', '--no-wait'])('leaves the word behind %s alone', (word) => {
    const call = parse(word, 'main');
    expect(call.arguments).toEqual(['main']);
    expect(call.choice('ask-first') ?? call.has(word.slice(2))).toBe(true);
  });

  it.each(['007', '0123', '1e3', '0x10', ' ', '+1', 'true', '=', 'a=b\n=c'])('keeps the value %j as it is', (value) => {
    expect(parse('--reason', value).text('reason')).toBe(value);
    expect(parse(`--reason=${value}`).text('reason')).toBe(value);
    expect(parse('-f', value).text('file')).toBe(value);
    expect(parse(`-f=${value}`).text('file')).toBe(value);
  });

  it('takes a lone dash for a value', () => {
    expect(parse('-f', '-').text('file')).toBe('-');
    expect(parse('--file', '-', 'main').arguments).toEqual(['main']);
  });

  it('is kept as it was typed, to be typed again', () => {
    expect(parse('main', '--workers', '3', "--timeout=it's so").line).toBe(
      `bbf want main --workers 3 '--timeout=it'"'"'s so'`,
    );
  });

  it.each([
    [['--wrokers=3'], 'bbf want has no flag --wrokers; did you mean --workers?'],
    [['--delete-date'], 'bbf want has no flag --delete-date; did you mean --delete-data?'],
    [['--no-wiat'], 'bbf want has no flag --no-wiat; did you mean --no-wait?'],
    [['-x'], 'bbf want has no flag -x'],
    [['--workers'], '--workers of bbf want needs a value, and none was given'],
    [['--workers', '--no-wait'], '--workers of bbf want needs a value, and none was given'],
    [['--workers=', '3'], '--workers of bbf want needs a value, and none was given'],
    [['--workers', ''], '--workers of bbf want needs a value, and none was given'],
    [['-f', ''], '--file of bbf want needs a value, and none was given'],
    [['-f='], '--file of bbf want needs a value, and none was given'],
    [['--workers', '--dry-run=false', '3'], '--workers of bbf want needs a value, and none was given'],
    [['--no-workers'], '--workers of bbf want needs a value, and none was given'],
    [
      ['--dry-run=server'],
      '--dry-run of bbf want takes no value, and "server" was given: there is one kind, which reads what is there and writes nothing',
    ],
    [['--delete-data=no'], '--delete-data of bbf want takes no value, and "no" was given'],
    [['--no-wait='], '--no-wait of bbf want takes no value, and "" was given'],
    [['-f', 'a', '--file=b'], 'bbf want takes one --file, and two are given: "a" and "b"'],
    [['--workers=2', '--workers', '3'], 'bbf want takes one --workers, and two are given: "2" and "3"'],
    [['--wait=9s', '--wait', '--wait=5s'], 'bbf want takes one --wait, and two are given: "9s" and "5s"'],
    [['--wait', '5s'], '--wait takes its value with =, and "5s" stands alone behind it'],
    [['a', 'b'], 'bbf want takes NAME, and "b" is one too many'],
  ])('%j is refused: %s', (argv, message) => {
    expect(messageOf(() => parse(...argv))).toBe(message);
  });

  const withoutArguments = { ...command, arguments: [] };
  it.each([
    [['--pools', 'a', 'b', '--reason', 'as said', '--dry-run'], "--reason 'as said' --dry-run --pools=a,b"],
    [['--workers=2', '--pools=a,', 'b', 'c'], '--workers=2 --pools=a,b,c'],
    [['--pools', 'a', 'b', '--pools', 'c'], '--pools=a,b,c'],
    [['--pools', 'a', '--dry-run', 'b'], '--pools=A,B'],
    [['b'], '--pools=A,B'],
  ])('has a list in one word: %j', (argv, list) => {
    expect(() => parseCall(withoutArguments, argv)).toThrow(
      expect.objectContaining({ next: `bbf want ${list}, or bbf want --help` }),
    );
  });

  it('needs what is required', () => {
    const strict = { ...command, arguments: [{ name: 'NAME', required: true, summary: 'the cluster' }] };
    expect(messageOf(() => parseCall(strict, []))).toBe('bbf want needs NAME: the cluster');
  });
});

describe('a number of workers', () => {
  it.each([
    ['-1', 'is negative'],
    ['1.5', 'is not a whole number'],
    ['many', 'is not a number'],
    ['1001', 'is more than 1000'],
    ['NaN', 'is not a number'],
    ['0x3', 'is not a number'],
    ['Infinity', 'is not a number'],
  ])('%s %s', (value, why) => {
    expect(messageOf(() => countFlag(parse(`--workers=${value}`), 'workers'))).toContain(`--workers=${value} ${why}`);
  });
  it('may be zero, and at least one where it must', () => {
    expect(countFlag(parse('--workers=0'), 'workers')).toBe(0);
    expect(messageOf(() => countFlag(parse('--workers=0'), 'workers', 1))).toContain('is less than 1');
    expect(countFlag(parse(), 'workers')).toBeUndefined();
  });
});

describe('a duration', () => {
  it('has units', () => {
    expect(durationFlag(parse('--timeout=1m30s'), 'timeout', '10m')).toBe(90_000);
    expect(durationFlag(parse(), 'timeout', '10m')).toBe(600_000);
    const message = messageOf(() => durationFlag(parse('--timeout=10'), 'timeout', '10m'));
    expect(message).toBe('--timeout=10 is not a duration; did you mean 10s or 10m?');
  });
});
