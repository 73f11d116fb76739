import { cpSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { expectSuccess, type Installation, newInstallation, run, startInstallation, until } from '../installation.ts';
import { bbfProgram, npmBazel } from '../programs.ts';
import { activityOf, bucketOf, statusOf, untilStatus } from './cluster.ts';
import { farmProcesses } from './processes.ts';
import { emptyWorkspace, heldRules, type Workspace } from './workspace.ts';

let installation: Installation;
let workspace: Workspace;
beforeAll(async () => {
  installation = await startInstallation();
  workspace = emptyWorkspace(installation, npmBazel());
  await expectSuccess(installation.bbf(['create', 'main']));
  await expectSuccess(installation.bbf(['want', '--workers=2']));
}, 240_000);
afterAll(async () => {
  await workspace?.shutdown();
  await installation?.stop();
});

const untilRunning = (count: number) =>
  until(`${count} actions run`, async () => ((await activityOf(installation)).running >= count ? true : undefined));

describe('a build survives', () => {
  it('a server that is killed while actions run', async () => {
    const go = join(installation.directory, 'go-server');
    workspace.write('BUILD', heldRules(4, go, 'server killed'));
    const building = workspace.bbf(['build', '//...']);
    await untilRunning(4);
    process.kill(farmProcesses(installation, 'server')[0] as number, 'SIGKILL');
    writeFileSync(go, '');
    const { code, stderr } = await building;
    expect(code, stderr).toBe(0);
  }, 240_000);
});

describe('a build that asks for what a pool without a worker offers', () => {
  it('has that pool grow by its queue', async () => {
    const file = join(installation.directory, 'grown.json');
    const odd = { workers: 0, workersMax: 1, platform: { OSFamily: 'linux', disk: 'fast' } };
    const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' } };
    writeFileSync(file, JSON.stringify({ ...document, spec: { pools: { default: { workers: 2 }, odd } } }));
    await expectSuccess(installation.bbf(['apply', '-f', file]));
    workspace.write(
      'BUILD',
      'genrule(name = "f", outs = ["f.txt"], cmd = "echo f > $@", exec_properties = {"disk": "fast"})',
    );
    const { code, stderr } = await workspace.bbf(['build', '//:f']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/1 remote/);
  }, 240_000);
});

describe('a build that asks for what no pool has', () => {
  it('ends with the reason and what to do, instead of waiting for ever', async () => {
    const odd =
      'genrule(name = "odd", outs = ["odd.txt"], cmd = "echo a > $@", exec_properties = {"OSFamily": "beos"})';
    workspace.write('BUILD', odd);
    const { code, stdout, stderr } = await workspace.bbf(['build', '//:odd']);
    expect(code, stderr).toBe(exitCodes.configuration);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n').slice(-2)).toEqual([
      'bbf: error: 1 action of this build asked for a platform that no pool of main offers (pools: default, odd); it asks for OSFamily=beos; the rest has ended, so Bazel was stopped',
      '  try: bbf pools --cluster=main, which shows what each offers; exec_properties = {"Pool": "NAME"} or bbf --pool=NAME sends it to one',
    ]);
    await untilStatus(installation, 'its lease has ended', ({ leases }) => leases.length === 0);
  }, 240_000);
});

describe('two edits at once', () => {
  it('both end, and none is lost', async () => {
    const [workers, most] = await Promise.all([
      installation.bbf(['want', '--workers=1', '--no-wait']),
      installation.bbf(['want', '--max=7', '--no-wait']),
    ]);
    expect(workers.code, workers.stderr).toBe(0);
    expect(most.code, most.stderr).toBe(0);
    const document = JSON.parse(await (await bucketOf(installation)).read(clusterKey('main')));
    expect(document.spec.pools.default).toEqual({ workers: 1, workersMax: 7 });
    const { stdout } = await expectSuccess(installation.bbf(['want', '--workers=2']));
    expect(stdout).toMatch(/revision/i);
    expect((await statusOf(installation)).pools.default?.wanted).toBe(2);
  }, 240_000);
});

describe('bad input', () => {
  const rows: [what: string, args: string[], kind: keyof typeof exitCodes, message: RegExp][] = [
    ['an unknown cluster', ['status', '--cluster=mian'], 'notFound', /no cluster.*mian[\s\S]*main/i],
    ['an unknown pool', ['want', '--workers=1', '--pool=defualt'], 'notFound', /defualt[\s\S]*default/],
    ['negative workers', ['want', '--workers=-1'], 'usage', /-1/],
    ['fractional workers', ['want', '--workers=1.5'], 'usage', /1\.5/],
    ['more workers than workersMax', ['want', '--workers=999'], 'usage', /999/],
    ['an unknown flag', ['want', '--wrokers=1'], 'usage', /wrokers[\s\S]*workers/],
    ['an unknown context', ['use', 'lcoal'], 'notFound', /lcoal[\s\S]*local/],
    ['an unknown command', ['wnat'], 'usage', /wnat[\s\S]*want/],
  ];
  it.each(rows)('%s is refused with what was seen and what to type', async (_what, args, kind, message) => {
    const before = await statusOf(installation);
    const { code, stdout, stderr } = await installation.bbf(args);
    expect(code, stderr).toBe(exitCodes[kind]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/try: /);
    expect(stdout).toBe('');
    expect((await statusOf(installation)).acceptedRevision).toBe(before.acceptedRevision);
  });

  it('no Bazel is named with how to get one', async () => {
    // Beside this repository's own packages, one of which holds a Bazel, it would be found.
    const alone = join(installation.directory, 'alone');
    cpSync(dirname(bbfProgram), alone, { recursive: true });
    const env = { ...installation.env, PATH: '' };
    const args = [join(alone, basename(bbfProgram)), 'build', '//...'];
    const { code, stderr } = await run(process.execPath, args, { cwd: installation.directory, env });
    expect(code).toBe(exitCodes.unavailable);
    expect(stderr).toContain('try: npm install -g @bazel/bazelisk');
  });
});

describe('bbf local up', () => {
  it('twice says that it is up already', async () => {
    const { code, stderr, stdout } = await installation.bbf(['local', 'up', `--port=${installation.port}`]);
    expect(code, stderr).toBe(0);
    expect(stderr + stdout).toMatch(/already/);
  }, 240_000);

  it('on a port in use names the port and what to type', async () => {
    const other = await newInstallation();
    const occupant = await listening(other.port);
    const { code, stderr } = await other.bbf(['local', 'up', `--port=${other.port}`]);
    occupant.close();
    expect(code).toBeGreaterThanOrEqual(64);
    expect(stderr).toContain(String(other.port));
    expect(stderr).toMatch(/try: /);
    await other.stop();
  }, 240_000);
});

function listening(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });
}
