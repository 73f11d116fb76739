import { expect, it } from 'vitest';
import { commands } from './commands/all.ts';
import { commandHelp } from './help.ts';
import { createColors } from './output/colors.ts';

const colors = createColors(false);
const words = (text: string) => text.split(/\s+/).join(' ');

it.each(commands.map((command) => [command.name, command] as const))(
  'of %s says the same in 80 columns',
  (_, command) => {
    const narrow = commandHelp(command, colors, 80);
    expect(words(narrow)).toBe(words(commandHelp(command, colors)));
    // What is to be typed is in one piece, for whoever copies it.
    const typed = command.examples.map(({ line }) => `  ${line}`);
    const long = narrow
      .split('\n')
      .filter((line) => line.length > 80 && !typed.includes(line) && line.trim().includes(' '));
    expect(long).toEqual([]);
  },
);

it('breaks a line where it is read only', () => {
  const [command] = commands.filter(({ name }) => name === 'want');
  if (command === undefined) throw new Error('there is no want');
  expect(commandHelp(command, colors, 60)).toContain(
    '  --timeout=DURATION  give up waiting after this long\n                      (default: 10m)\n',
  );
  expect(commandHelp(command, colors, 60)).toContain(
    '  bbf want --workers=3\n      # three workers, ready when the command ends\n',
  );
});
