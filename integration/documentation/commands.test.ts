/** Commands of bbf that a page names are there, with the flags that it names; tests that the page on migration names are there, too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { bazelCommands } from '../../cli/bazel/commands.ts';
import { wrapperFlags } from '../../cli/bazel/split.ts';
import { flagsOf } from '../../cli/command.ts';
import { commands } from '../../cli/commands/all.ts';
import { formerCommands } from '../../cli/former-commands.ts';
import { root } from '../programs.ts';

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  // Made from the commands themselves.
  .filter((name) => name !== 'docs/cli.md');
const read = (page: string) => readFileSync(join(root, page), 'utf8');

/** Code spans, and lines of code, that begin with `bbf`. */
function linesOf(markdown: string): string[] {
  const code: string[] = [];
  walkTokens(lexer(markdown), (token: Token) => {
    if (token.type !== 'codespan' && token.type !== 'code') return;
    const lines = (token as Tokens.Code).text.split('\n');
    // In a block with prompts all else is what was answered.
    const prompted = lines.filter((line) => line.startsWith('$ '));
    code.push(...(prompted.length > 0 ? prompted : lines));
  });
  return code.map((line) => line.replace(/^\$ /, '').replace(/\s+#.*/, '')).filter((line) => /^bbf [a-z-]/.test(line));
}

/** What bbf would not take of a line; `[--optional]`, and what follows ` && `, are looked at like all else. */
function faults(line: string): string[] {
  const words = line
    .replace(/[[\]…]/g, ' ')
    .split(/\s+/)
    .slice(1);
  const before = words.findIndex((word) => !word.startsWith('-'));
  const [first = '', second = ''] = words.slice(Math.max(before, 0));
  const known = (name: string) => commands.find((command) => command.name === name);
  const command = known(`${first} ${second}`) ?? known(first);
  const flags = words.flatMap((word) => /^--(?:no-)?([a-z][a-z-]*)/.exec(word)?.[1] ?? []);
  if (command === undefined) {
    const group = commands.some(({ name }) => name.startsWith(`${first} `));
    const others = [...bazelCommands, ...formerCommands.keys()];
    if (group || before === -1 || others.includes(first)) return wrapped(words.slice(0, Math.max(before, 0)));
    return [`${line}: there is no command ${first}`];
  }
  const taken = flagsOf(command).map(({ name }) => name.replace(/^no-/, ''));
  return flags.filter((flag) => !taken.includes(flag)).map((flag) => `${line}: bbf ${command.name} takes no --${flag}`);
}

/** Flags before a command of Bazel. */
const wrapped = (words: string[]): string[] => {
  const flags = words.flatMap((word) => /^--(?:no-)?([a-z][a-z-_]*)/.exec(word)?.[1] ?? []);
  return flags
    .filter((flag) => !['version', 'help', 'context', 'output_user_root'].includes(flag))
    .filter((flag) => !wrapperFlags.some(({ name }) => name.replace(/^no-/, '') === flag))
    .map((flag) => `there is no flag --${flag} of bbf before a Bazel command`);
};

describe('the check itself', () => {
  it.each([
    ['bbf setpu', ['bbf setpu: there is no command setpu']],
    ['bbf setup --regoin=R', ['bbf setup --regoin=R: bbf setup takes no --regoin']],
    ['bbf doctor --cluster=main', ['bbf doctor --cluster=main: bbf doctor takes no --cluster']],
    ['bbf --wokers=2 build //...', ['there is no flag --wokers of bbf before a Bazel command']],
    ['bbf --workers=2 build //... --jobs=3', []],
    ['bbf ca rotate', []],
  ])('judges %s', (line, expected) => expect(faults(line)).toEqual(expected));
});

describe('commands of bbf', () => {
  it.each(pages)('that %s names are there', (page) => expect(linesOf(read(page)).flatMap(faults)).toEqual([]));
});

describe('docs/migration.md', () => {
  it('names tests that are there', () => {
    const [table] = lexer(read('docs/migration.md')).filter(({ type }) => type === 'table') as Tokens.Table[];
    const rows = (table?.rows ?? []).map((cells) => cells.at(-1)?.text ?? '');
    const named = rows.flatMap((text) => [...text.matchAll(/`([a-z/.-]+)`/g)].map(([, name = '']) => name));
    const paths = named.map((name) => (name.includes('/') ? name : `integration/end-to-end/${name}.test.ts`));
    expect(named.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
