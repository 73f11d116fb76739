import { describe, expect, it } from 'vitest';
import { wrapperFlags } from './bazel/split.ts';
import { commands } from './commands/all.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import { createColors } from './output/colors.ts';
import { foldedHelp } from './output/fold.ts';
import { seenWidth } from './output/table.ts';
import { groupOf } from './second-words.ts';

const plain = createColors(false);
const words = (text: string) => text.replaceAll('\\\n', ' ').split(/\s+/).join(' ');
const texts: [string, string, string][] = [
  ['bbf', programHelp(commands, wrapperFlags, plain), programHelp(commands, wrapperFlags, createColors(true))],
  ...commands.map((command): [string, string, string] => [
    command.name,
    commandHelp(command, plain),
    commandHelp(command, createColors(true)),
  ]),
  ...['local', 'ca', 'images'].map((first): [string, string, string] => [
    first,
    groupHelp(first, groupOf(first), plain),
    groupHelp(first, groupOf(first), createColors(true)),
  ]),
];

describe.each(texts)('help of %s', (_name, text, colored) => {
  it.each([40, 47, 60, 72, 80, 100])('says the same in %d columns, with no word broken', (width) => {
    const folded = foldedHelp(text, width);
    expect(words(folded)).toBe(words(text));
    for (const shown of [folded, foldedHelp(colored, width)])
      expect(shown.split('\n').filter((line) => seenWidth(line) > width && line.trim().includes(' '))).toEqual([]);
  });

  it('keeps a line for each thing where there is room', () => expect(foldedHelp(text, 400)).toBe(text));
});

describe('a narrow terminal', () => {
  const help = (name: string) => texts.find(([of]) => of === name)?.[1] ?? '';

  it('has what is said of a flag in its column, or under it where that would be thin', () => {
    expect(foldedHelp(help('want'), 60)).toContain(
      '  --timeout=DURATION  give up waiting after this long\n                      (default: 10m)\n',
    );
    expect(foldedHelp(help('want'), 40)).toContain(
      '  --timeout=DURATION\n      give up waiting after this long\n      (default: 10m)\n',
    );
  });

  it('has examples that can be copied, of one line or of several', () => {
    expect(foldedHelp(help('want'), 40)).toContain('  bbf want --workers=2 --pool=arm \\\n      --cluster=ci\n');
    expect(foldedHelp(help('suspend'), 40)).toContain('  bbf suspend \\\n      --reason="debugging a worker"\n');
  });
});
