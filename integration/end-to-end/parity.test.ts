import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForwarder } from '../../cli/bazel/forwarder.ts';
import { expectSuccess, type Installation, type Run, startInstallation } from '../installation.ts';
import { debianBazel, npmBazel } from '../programs.ts';
import { identityBy } from './callers.ts';
import { activityOf, bucketOf, statusOf, stolenAuthority, untilStatus } from './cluster.ts';
import { emptyWorkspace, heldRules, type Workspace } from './workspace.ts';

const debian = debianBazel();
const bazels = [npmBazel(), ...(debian.bazel ? [debian.bazel] : [])];
if (!debian.bazel) console.warn(`skipped with Bazel 4.2.3: ${debian.missing}`);

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create', 'main']));
  await expectSuccess(installation.bbf(['want', '--workers=1']));
}, 240_000);
afterAll(() => installation?.stop());

const endpointOf = async () => (await statusOf(installation)).endpoint ?? '';

/** A genrule that says for which CPU it is, and whether EXECUTOR is defined as remote. */
const TELLING = `
config_setting(name = "remote", values = {"define": "EXECUTOR=remote"})
genrule(name = "tell", outs = ["tell.txt"], cmd = select({
    ":remote": "echo remote $(TARGET_CPU) > $@",
    "//conditions:default": "echo neither > $@",
}))`;

const output = ({ directory }: Workspace, name: string) => readFileSync(join(directory, 'bazel-bin', name), 'utf8');

function expectZero({ code, stderr }: Run): void {
  expect(code, stderr).toBe(0);
}

describe.each(bazels)('what bazel_bf could do, with $name', (bazel) => {
  const salt = bazel.name.replace(/\W/g, '');
  let workspace: Workspace;
  beforeAll(() => {
    workspace = emptyWorkspace(installation, bazel);
  });
  afterAll(() => workspace?.shutdown());

  it('--remote_executor=grpcs:// builds there as the client of the cluster, without a lease', async () => {
    workspace.write('BUILD', `genrule(name = "a", outs = ["a.txt"], cmd = "echo tls ${salt} > $@")`);
    const before = (await activityOf(installation)).workers.map(({ actions }) => actions);
    const run = await workspace.bbf(['build', '//:a'], {
      before: [`--remote_executor=grpcs://${await endpointOf()}`],
    });
    expectZero(run);
    expect(run.stderr).toMatch(/1 remote/);
    expect(output(workspace, 'a.txt')).toBe(`tls ${salt}\n`);
    await expect.poll(async () => (await activityOf(installation)).workers[0]?.actions).toBe((before[0] ?? 0) + 1);
    expect(await (await bucketOf(installation)).keys('clusters/main/leases/')).toEqual([]);
  }, 240_000);

  it('--remote_executor=grpc:// is Bazel’s own, without TLS', async () => {
    const { authorities } = await stolenAuthority(installation);
    const [authority] = authorities as [(typeof authorities)[number]];
    const endpoint = await endpointOf();
    const identity = { ...identityBy(authority), authorities: authority.certificate };
    const plain = await openForwarder({
      cluster: 'main',
      endpoint: async () => endpoint,
      identity: async () => identity,
      note: () => {},
    });
    workspace.write('BUILD', `genrule(name = "a", outs = ["a.txt"], cmd = "echo plain ${salt} > $@")`);
    const run = await workspace.bbf(['build', '//:a'], {
      before: [`--remote_executor=grpc://127.0.0.1:${plain.port}`],
    });
    expectZero(run);
    expect(run.stderr).toMatch(/1 remote/);
    await plain.close();
  }, 240_000);

  it('--local builds in containers of the workers’ image, privileged where asked for', async () => {
    const standIn = dockerStandIn();
    workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo contained > $@")');
    const env = { PATH: `${standIn.directory}:${process.env.PATH}` };
    await writeContained();
    const run = await workspace.bbf(['build', '//:a'], { before: ['--local', '--privileged', CONTAINED], env });
    expectZero(run);
    expect(run.stderr).toMatch(/1 docker/);
    expect(output(workspace, 'a.txt')).toBe('contained\n');
    expect(standIn.runs()).toEqual([expect.stringContaining(` ${WORKER_IMAGE} /bin/bash `)]);
    expect(standIn.runs()[0]).toMatch(/^run .*--privileged /);

    workspace.write('BUILD', 'genrule(name = "b", outs = ["b.txt"], cmd = "echo again > $@")');
    const again = await workspace.bbf(['build', '//:b'], { before: [CONTAINED], env: { ...env, BUILD_LOCAL: '1' } });
    expectZero(again);
    expect(standIn.runs().at(-1)).not.toContain('--privileged');
  }, 240_000);

  it('--crosstool_top names a toolchain suite, on the farm and in containers', async () => {
    const standIn = dockerStandIn();
    workspace.write('BUILD', TELLING);
    const suite = '--crosstool_top=@bazel_tools//tools/cpp:toolchain';
    expectZero(await workspace.bbf(['build', '//:tell'], { before: [suite] }));
    expect(output(workspace, 'tell.txt')).toBe('remote k8\n');
    expectZero(await workspace.bbf(['build', '//:tell']));
    expect(output(workspace, 'tell.txt')).toBe('neither\n');
    const env = { PATH: `${standIn.directory}:${process.env.PATH}` };
    expectZero(await workspace.bbf(['build', '//:tell'], { before: ['--local=any', suite], env }));
    expect(output(workspace, 'tell.txt')).toBe('remote k8\n');
  }, 240_000);
});

describe('what bazel_bf could do', () => {
  it('BUILD_WORKERS and --workers have at least so many workers while the build runs', async () => {
    const workspace = emptyWorkspace(installation, npmBazel());
    const go = join(installation.directory, 'go-workers');
    workspace.write('BUILD', heldRules(1, go, 'workers'));
    const running = workspace.bbf(['build', '//...'], { env: { BUILD_WORKERS: '2' } });
    const status = await untilStatus(installation, 'two workers', (seen) => seen.pools.default?.registered === 2);
    expect(status.leases.map(({ pools }) => pools)).toEqual([{ default: 2 }]);
    writeFileSync(go, '');
    expectZero(await running);
    await workspace.shutdown();
    const wrong = await workspace.bbf(['build', '//...'], { env: { BUILD_WORKERS: 'two' } });
    expect(wrong.code).toBe(64);
    expect(wrong.stderr).toMatch(/BUILD_WORKERS=two is not a number/);
  }, 240_000);

  it('an endpoint where no farm of the cluster is ends the build at once', async () => {
    const { code, stderr } = await installation.bbf(['--remote_executor=grpcs://127.0.0.1:1', 'build', '//...']);
    expect(code).toBe(69);
    expect(stderr).toMatch(/no farm of cluster main answers there: 127.0.0.1:1: .*ECONNREFUSED[\s\S]*try: /);
  });

  it('--local says so where the workers are processes and have no image', async () => {
    const { code, stderr } = await installation.bbf(['--local', 'build', '//...'], {
      env: { BBF_BAZEL: npmBazel().path, PATH: `${dockerStandIn().directory}:${process.env.PATH}` },
    });
    expect(code).toBe(69);
    expect(stderr).toMatch(/those of main are processes of this machine, which have none\n {2}try: bbf --local=IMAGE /);
  });

  it('without a Docker engine --local says what to do', async () => {
    const PATH = `/usr/bin:/bin:${dockerStandIn('echo it is not running >&2; exit 1').directory}`;
    const env = { PATH: PATH.split(':').reverse().join(':'), BBF_BAZEL: npmBazel().path };
    const { code, stderr } = await installation.bbf(['--local=image', 'build', '//...'], { env });
    expect(code).toBe(69);
    expect(stderr).toMatch(/no Docker engine answers: it is not running[\s\S]*try: start Docker/);
  });
});

/** Of a cluster whose document names the image of its workers. */
const CONTAINED = '--cluster=contained';
const WORKER_IMAGE = `registry.example/worker@sha256:${'0'.repeat(64)}`;

async function writeContained(): Promise<void> {
  const file = join(installation.directory, 'contained.json');
  const spec = { pools: { default: {} }, engine: { worker: WORKER_IMAGE } };
  writeFileSync(file, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'contained' }, spec }));
  await expectSuccess(installation.bbf(['apply', '-f', file, '--no-wait']));
}

/** A program called docker that runs what it is given in the directory that would be mounted, and notes how it was called. */
function dockerStandIn(otherwise = 'exit 0') {
  const directory = join(installation.directory, `docker-${Math.random()}`);
  mkdirSync(directory);
  const log = join(directory, 'log');
  writeFileSync(
    join(directory, 'docker'),
    `#!/bin/bash
if [ "$1" != run ]; then ${otherwise}; fi
echo "$*" | tr '\\n' ' ' >> '${log}'; echo >> '${log}'
while [ $# -gt 0 ]; do
  if [ "$1" = -v ] && [ "\${2%%:/execroot*}" != "$2" ]; then cd "\${2%%:*}"; fi
  if [ "$1" = /bin/bash ]; then exec "$@"; fi
  shift
done
`,
  );
  chmodSync(join(directory, 'docker'), 0o755);
  return { directory, runs: () => readFileSync(log, 'utf8').trim().split('\n') };
}
