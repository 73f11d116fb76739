import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/all.ts';
import { complete, type Names } from './complete.ts';
import { completionScript, SHELLS } from './scripts.ts';

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
  profiles: async () => ['default', 'work'],
  clusters: async () => ['ci', 'main'],
  pools: async ({ context, cluster }) =>
    cluster === 'nosuch' ? [] : context === 'work' ? ['gpu'] : ['arm', 'default'],
  revisions: async ({ cluster }) => [`of-${cluster ?? 'main'}`],
  leases: async ({ cluster }) => [`want-${cluster ?? 'main'}`],
};

describe('completion', () => {
  it.each([
    ['a command of bbf', '', 'wan', ['want']],
    ['a command of Bazel', '', 'cov', ['coverage']],
    ['the second word of a command', 'local', 'd', ['down']],
    ['a command with a second word, and its argument', 'leases', '', ['ci', 'main', 'release']],
    ['a flag', 'want', '--w', ['--wait=', '--workers=']],
    ['a flag without a value', 'want', '--no', ['--no-wait']],
    ['a value behind =', 'want', '--cluster=m', ['--cluster=main']],
    ['a value as a word of its own', 'want --pool', '', ['arm', 'default']],
    ['a flag of bbf before a Bazel command', '', '--po', ['--pool=']],
    ['its value', '--context', '', ['local', 'work']],
    ['a profile of AWS', 'status', '--profile=w', ['--profile=work']],
    ['an argument', 'use', 'w', ['work']],
    ['an argument that may be a pool or more', 'logs', '', ['arm', 'default', 'reconciler', 'server']],
    ['an argument that is one of few', 'completion', '', ['bash', 'fish', 'zsh']],
    ['the pools of the cluster that is named', 'want --cluster=nosuch', '--pool=', []],
    ['those of one that is named before the command', '--cluster nosuch want', '--pool=', []],
    ['those of the context that is named', '--context=work', '--pool=', ['--pool=gpu']],
    ['the last cluster of several', 'want --cluster=nosuch --cluster=ci --pool', '', ['arm', 'default']],
    ['a value that is one of few', 'get --output', '', ['json', 'yaml']],
    ['a value behind a short flag', 'edit -o', 'y', ['yaml']],
    ['revisions', 'rollback', '', ['of-main']],
    ['the second of two revisions', 'diff of-main --cluster=ci', 'of', ['of-ci']],
    ['revisions of a cluster that is an argument', 'get ci', '--revision=', ['--revision=of-ci']],
    ['leases', 'leases release', 'w', ['want-main']],
    ['commands of Bazel as an argument', 'flags', '', ['aquery', 'build', 'coverage', 'cquery', 'run', 'test']],
    ['clusters for a flag of another name', 'images release', '--from=', ['--from=ci', '--from=main']],
    ['nothing where a file is meant', 'apply -f', '', []],
    ['nothing behind the last argument', 'delete ci', '', []],
    ['nothing behind a Bazel command: targets are for Bazel to know', 'build', '', []],
    ['nothing for a flag whose value is anything', 'want --workers', '', []],
  ])('knows %s', async (_what, words, current, expected) => {
    expect(await complete(commands, names, words.split(' ').filter(Boolean), current)).toEqual(expected);
  });

  it('of bash takes a word apart where bash does', () => {
    const line = 'bbf want --cluster=m';
    const script = `${completionScript('bash')}
      bbf() { printf '%s\\n' "$@" >&2; echo --cluster=main; }
      COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(bbf want --cluster = m) COMP_CWORD=4
      _bbf; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
      'main\n',
    );
  });

  it.skipIf(lacks('fish'))('of fish offers what bbf says, and files where it says nothing', () => {
    const asked = (line: string, program?: string) =>
      execFileSync(
        'fish',
        [
          '--no-config',
          '-c',
          `${completionScript('fish', program)}\n${FISH_DOUBLE}\ncd ${import.meta.dirname}; complete -C '${line}'`,
        ],
        { encoding: 'utf8' },
      );
    expect(asked('bbf s')).toBe('status\n');
    expect(asked('bazel s', 'bazel')).toBe('status\n');
    expect(asked('bbf apply -f script')).toBe('scripts.ts\n');
  });

  it.skipIf(lacks('zsh'))('of zsh offers what bbf says, and files where it says nothing', () => {
    const asked = (...words: string[]) => {
      const line = `words=(${words.join(' ')}) CURRENT=${words.length}; _bbf`;
      return execFileSync('zsh', ['-fc', `${ZSH_DOUBLE}\n${completionScript('zsh')}\n${line}`], { encoding: 'utf8' });
    };
    expect(asked('bbf', 's')).toBe('nothing behind it:\nwith a space: status\n');
    expect(asked('bbf', 'apply', '-f', 'script')).toBe('files\n');
  });

  it.skipIf(lacks('zsh'))('of zsh completes an alias once its own script is there, beside that of bbf', () => {
    const both = `${completionScript('zsh')}\n${completionScript('zsh', 'bazel')}`;
    const shown = `compdef() { print $2 by $1; whence -w $1 }\n${both}`;
    expect(execFileSync('zsh', ['-fc', shown], { encoding: 'utf8' })).toBe(
      'bbf by _bbf\n_bbf: function\nbazel by _bbf_bazel\n_bbf_bazel: function\n',
    );
  });

  it('of bash completes an alias as it does bbf', () => {
    const line = 'bazel s';
    const script = `${completionScript('bash')}${completionScript('bash', 'bazel')}
      bbf() { [[ $3 == s ]] && echo status; }
      complete -p bbf bazel
      COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${line}) COMP_CWORD=1
      _bbf_bazel; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(
      'complete -o default -F _bbf bbf\ncomplete -o default -F _bbf_bazel bazel\nstatus\n',
    );
  });

  it.each(SHELLS)('has a script for %s that asks bbf', (shell) => {
    expect(completionScript(shell)).toContain('bbf complete -- ');
    expect(completionScript(shell, 'bazel')).toContain('bbf complete -- ');
  });

  it.each(['', 'a b', '$(id)', '-x'])('has no script for an alias called %o', (name) => {
    expect(() => completionScript('bash', name)).toThrow(`${JSON.stringify(name)} is no name of an alias`);
  });
});
