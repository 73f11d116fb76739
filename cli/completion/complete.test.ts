import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/all.ts';
import { complete, type Names } from './complete.ts';
import { SHELLS, scripts } from './scripts.ts';

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

  it.each(SHELLS)('has a script for %s that asks bbf', (shell) => {
    expect(scripts[shell]).toContain('bbf complete -- ');
  });
});
