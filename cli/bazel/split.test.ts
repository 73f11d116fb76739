import { describe, expect, it } from 'vitest';
import { bazelArguments, splitCommandLine } from './split.ts';

const F = ['--remote_executor=X'];

/** What the user types behind `bbf`, and what Bazel is started with. */
const lines: [rule: string, typed: string[], bazel: string[]][] = [
  ['flags come right behind the command', ['build', '//...'], ['build', ...F, '//...']],
  ['and so before the user’s, who win', ['build', '--jobs=3', '//:a'], ['build', ...F, '--jobs=3', '//:a']],
  ['a startup switch stays in front', ['--batch', 'build', '//:a'], ['--batch', 'build', ...F, '//:a']],
  ['a startup option with =', ['--output_base=/o', 'test', ':a'], ['--output_base=/o', 'test', ...F, ':a']],
  [
    'a startup option with its value apart',
    ['--output_base', '/o', 'test', ':a'],
    ['--output_base', '/o', 'test', ...F, ':a'],
  ],
  ['whose value is a command’s name', ['--output_base', 'build', 'test'], ['--output_base', 'build', 'test', ...F]],
  ['an unknown startup option is a switch', ['--new_switch', 'build'], ['--new_switch', 'build', ...F]],
  ['a negated one too', ['--nohome_rc', 'build'], ['--nohome_rc', 'build', ...F]],
  [
    'several bazelrc files',
    ['--bazelrc', 'a', '--bazelrc=b', 'build'],
    ['--bazelrc', 'a', '--bazelrc=b', 'build', ...F],
  ],
  [
    'JVM arguments that look like options',
    ['--host_jvm_args', '-Xmx1g', 'build'],
    ['--host_jvm_args', '-Xmx1g', 'build', ...F],
  ],
  ['-- and what follows', ['build', '--', '//a', '-//b'], ['build', ...F, '--', '//a', '-//b']],
  [
    'arguments of the program that runs',
    ['run', '//:a', '--', 'x y', '--cluster=z', ''],
    ['run', ...F, '//:a', '--', 'x y', '--cluster=z', ''],
  ],
  [
    'bbf’s flags behind the command are Bazel’s',
    ['build', '--cluster=x', '//:a'],
    ['build', ...F, '--cluster=x', '//:a'],
  ],
  ['bbf’s own are taken out', ['--cluster=ci', '--batch', '--workers', '3', 'build'], ['--batch', 'build', ...F]],
  ['quotes and newlines are nobody’s business', ['build', `--x='a\n"b`], ['build', ...F, `--x='a\n"b`]],
  ['nothing but a startup option', ['--batch'], ['--batch', ...F]],
];

describe('a command line that wraps Bazel', () => {
  it.each(lines)('%s', (_rule, typed, bazel) => {
    expect(bazelArguments(splitCommandLine(typed), F)).toEqual(bazel);
  });

  it('reads bbf’s own flags in each form, the last one wins', () => {
    const line = splitCommandLine(['--cluster=a', '--cluster', 'b', '--quiet', '--wait=5m', '-workers=2', 'build']);
    expect(Object.fromEntries(line.own)).toEqual({ cluster: 'b', quiet: '', wait: '5m', workers: '2' });
    expect(line.command).toBe('build');
  });

  it('takes a negative number for a value', () => {
    expect(splitCommandLine(['--workers', '-1', 'build']).own.get('workers')).toBe('-1');
  });

  it.each([
    ['wait', ['--wait', 'build', '//:a']],
    ['fallback', ['--fallback', 'test', '//:a']],
    ['remote_executor', ['--remote_executor', 'build', '//:a']],
  ])('--%s takes no Bazel command for its value, as a name may be one', (name, typed) => {
    expect(splitCommandLine(typed)).toMatchObject({ incomplete: name, command: typed[1], rest: ['//:a'] });
    expect(splitCommandLine(['--cluster', 'test', 'build']).own.get('cluster')).toBe('test');
  });

  it.each([[['--cluster']], [['--cluster', '--quiet', 'build']]])('misses the value in %j', (typed) => {
    expect(splitCommandLine(typed).incomplete).toBe('cluster');
  });
});
