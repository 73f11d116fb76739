/** bbf under Bazel's name: `alias bazel=bbf`, and a link called bazel that stands before Bazel on the PATH. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoted } from '../../cli/output/quoted.ts';
import { type Installation, type Run, run, startInstallation } from '../installation.ts';
import { bbfProgram, debianBazel, npmBazel } from '../programs.ts';
import { emptyWorkspace, type Workspace } from './workspace.ts';

const bazel = debianBazel().bazel ?? npmBazel();
let installation: Installation;
let workspace: Workspace;
beforeAll(async () => {
  installation = await startInstallation();
  expect(await installation.bbf(['create', '--workers=1'])).toMatchObject({ code: 0 });
  workspace = emptyWorkspace(installation, bazel);
  workspace.write('BUILD', ['link', 'alias'].map(rule).join('\n'));
  for (const [folder, name, target] of [
    ['links', 'bazel', bbfProgram],
    ['programs', 'bbf', bbfProgram],
    ['programs', 'bazel', bazel.path],
  ] as const) {
    mkdirSync(join(installation.directory, folder), { recursive: true });
    symlinkSync(target, join(installation.directory, folder, name));
  }
}, 180_000);
afterAll(async () => {
  await workspace?.shutdown();
  await installation?.stop();
});

const rule = (name: string) => `genrule(name = "${name}", outs = ["${name}.txt"], cmd = "echo ${name} > $@")`;

function inWorkspace(folders: string[], command: string, args: string[]): Promise<Run> {
  const places = [...folders.map((folder) => join(installation.directory, folder)), dirname(process.execPath)];
  const env = { ...installation.env, PATH: [...places, '/usr/bin', '/bin'].join(':') };
  return run(command, args, { cwd: workspace.directory, env });
}

const plainly = (args: string[]) => inWorkspace(['programs'], bazel.path, args);
/** A shell reads its aliases line by line. */
const aliased = (args: string[]) =>
  inWorkspace(['programs'], 'sh', ['-c', `alias bazel=bbf\nbazel ${args.map(quoted).join(' ')}`]);
const linked = (args: string[]) => inWorkspace(['links', 'programs'], 'bazel', args);

describe.each([
  ['alias', aliased],
  ['link', linked],
])('bbf as bazel by %s', (name, typed) => {
  it('builds on the farm', async () => {
    const built = await typed([...workspace.startup, 'build', '--color=no', '--noshow_progress', `//:${name}`]);
    expect(built, built.stderr).toMatchObject({ code: 0, stdout: '' });
    expect(built.stderr).toMatch(/^INFO: .*\b1 remote\b/m);
  });

  it('passes on what Bazel answers', async () => {
    for (const args of [['info', 'release'], ['version'], ['help', 'startup_options'], ['query', '//:all']]) {
      const [said, { code, stdout }] = [
        await typed([...workspace.startup, ...args]),
        await plainly([...workspace.startup, ...args]),
      ];
      expect(said, args.join(' ')).toMatchObject({ code, stdout });
    }
  });

  it('is bbf where it is asked which program it is, or nothing', async () => {
    const { stdout } = await installation.bbf(['--version']);
    expect(stdout).toMatch(/^bbf \d/);
    expect(await typed(['--version'])).toMatchObject({ code: 0, stdout, stderr: '' });
    const help = await installation.bbf([]);
    expect(help.stdout).toContain('alias bazel=bbf works');
    expect(await typed([])).toMatchObject({ code: 0, stdout: help.stdout, stderr: '' });
  });
});
