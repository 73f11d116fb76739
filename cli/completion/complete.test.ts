import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/all.ts';
import { complete, type Names } from './complete.ts';
import { SHELLS, scripts } from './scripts.ts';

const lacks = (shell: string) => {
  const isThere = spawnSync(shell, ['--version']).status === 0;
  if (!isThere) console.warn(`its completion is not tested: ${shell} is not installed`);
  return !isThere;
};
/** A bbf that knows one word. */
const FISH_DOUBLE = `function bbf; test "$argv[3]" = s; and echo status; end`;
const ZSH_DOUBLE = `bbf() { [[ $3 == s ]] && print status }
  compdef() { }
  _files() { print files }
  compadd() { if [[ $2 == -S ]]; then print nothing behind it: \${@:5}; else print with a space: \${@:3}; fi }`;

const names: Names = {
  contexts: async () => ['local', 'work'],
  clusters: async () => ['ci', 'main'],
  pools: async () => ['arm', 'default'],
};

describe('completion', () => {
  it.each([
    ['a command of bbf', '', 'wan', ['want']],
    ['a command of Bazel', '', 'cov', ['coverage']],
    ['the second word of a command', 'local', 'd', ['down']],
    ['a command with a second word, and its argument', 'leases', '', ['ci', 'main', 'release']],
    ['a flag', 'want', '--w', ['--workers=']],
    ['a flag without a value', 'want', '--no', ['--no-wait']],
    ['a value behind =', 'want', '--cluster=m', ['--cluster=main']],
    ['a value as a word of its own', 'want --pool', '', ['arm', 'default']],
    ['a flag of bbf before a Bazel command', '', '--po', ['--pool=']],
    ['its value', '--context', '', ['local', 'work']],
    ['an argument', 'use', 'w', ['work']],
    ['an argument that may be a pool or more', 'logs', '', ['arm', 'default', 'reconciler', 'server']],
    ['an argument that is one of few', 'completion', '', ['bash', 'fish', 'zsh']],
    ['nothing behind a Bazel command: targets are for Bazel to know', 'build', '', []],
    ['nothing for a flag whose value is anything', 'want --workers', '', []],
  ])('knows %s', async (_what, words, current, expected) => {
    expect(await complete(commands, names, words.split(' ').filter(Boolean), current)).toEqual(expected);
  });

  it('of bash takes a word apart where bash does', () => {
    const line = 'bbf want --cluster=m';
    const script = `${scripts.bash}
      bbf() { printf '%s\\n' "$@" >&2; echo --cluster=main; }
      COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(bbf want --cluster = m) COMP_CWORD=4
      _bbf; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
      'main\n',
    );
  });

  it.skipIf(lacks('fish'))('of fish offers what bbf says, and files where it says nothing', () => {
    const asked = (line: string) =>
      execFileSync(
        'fish',
        ['--no-config', '-c', `${scripts.fish}\n${FISH_DOUBLE}\ncd ${import.meta.dirname}; complete -C '${line}'`],
        { encoding: 'utf8' },
      );
    expect(asked('bbf s')).toBe('status\n');
    expect(asked('bbf apply -f script')).toBe('scripts.ts\n');
  });

  it.skipIf(lacks('zsh'))('of zsh offers what bbf says, and files where it says nothing', () => {
    const asked = (...words: string[]) =>
      execFileSync(
        'zsh',
        ['-fc', `${ZSH_DOUBLE}\n${scripts.zsh}\nwords=(${words.join(' ')}) CURRENT=${words.length}; _bbf`],
        {
          encoding: 'utf8',
        },
      );
    expect(asked('bbf', 's')).toBe('nothing behind it:\nwith a space: status\n');
    expect(asked('bbf', 'apply', '-f', 'script')).toBe('files\n');
  });

  it.each(SHELLS)('has a script for %s that asks bbf', (shell) => {
    expect(scripts[shell]).toContain('bbf complete -- ');
  });
});
