import { expect, it } from 'vitest';
import { programDouble } from '../testing/program-double.ts';
import { notesOf, repeatedAtEnd } from './notes.ts';

it('a note is one line in which a terminal finds nothing to obey, or none at all', () => {
  const program = programDouble();
  notesOf(program)('a\u001b[2J\nb');
  notesOf(program, true)('c');
  expect(program.stderr()).toBe('bbf: a\\u001b[2J b\n');
});

it.each([
  [true, ['a', 'b', 'a', 'b']],
  [false, ['a', 'b']],
])('what Bazel may have drawn over is said again at the end; on a terminal: %s', (onTerminal, expected) => {
  const said: string[] = [];
  const beside = repeatedAtEnd((text) => said.push(text), onTerminal);
  beside.note('a');
  beside.note('b');
  expect(said).toEqual(['a', 'b']);
  beside.end();
  beside.end();
  expect(said).toEqual(expected);
});
