/** The tasks of AWS on this machine: six images of bbf, run by `bbf local up --tasks=docker`, on the farm's programs and on Buildfarm itself, and a real Bazel that builds through them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient, GetTaskProtectionCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onFarm } from '../../cli/local/farm-engine.ts';
import { activityOf, awsEnvironment, holds, statusOf, stolenAuthority, untilStatus } from '../end-to-end/cluster.ts';
import { emptyWorkspace, type Workspace } from '../end-to-end/workspace.ts';
import { askCapabilities } from '../gateway/calls.ts';
import { expectSuccess, type Installation, newInstallation, until } from '../installation.ts';
import { npmBazel } from '../programs.ts';
import { buildBuildfarmImages, buildfarmImage, ON_BUILDFARM } from './buildfarm-images.ts';
import { missingBuildfarm, missingEngine } from './engine-answer.ts';
import { containersOf, surroundingsOf } from './owned.ts';

const LONG_MS = 300_000;
const ENGINES = [
  {
    name: 'the farm’s programs',
    missing: missingEngine,
    image: onFarm,
    spec: {},
    saysPaused: /paused: takes nothing new/,
    prepare: async () => {},
  },
  {
    name: 'Buildfarm',
    missing: missingBuildfarm,
    image: (name: string) => (ON_BUILDFARM.includes(name) ? buildfarmImage(name) : onFarm(name)),
    spec: {
      server: { cpu: 1024, memoryMiB: 4096 },
      engine: Object.fromEntries([
        ...ON_BUILDFARM.map((name) => [name, buildfarmImage(name)]),
        ...['agent', 'backplane', 'gateway'].map((name) => [name, onFarm(name)]),
      ]),
    },
    // It says so only where it looks before its task has ended.
    saysPaused: /told to drain/,
    prepare: buildBuildfarmImages,
  },
];

for (const engine of ENGINES)
  describe.skipIf(engine.missing)(`the tasks of bbf local up --tasks=docker on ${engine.name}`, () => {
    let installation: Installation;
    let ecs: ECSClient;
    let workspace: Workspace;
    beforeAll(async () => {
      await engine.prepare();
      installation = await newInstallation();
      await expectSuccess(installation.bbf(['local', 'up', '--tasks=docker', `--port=${installation.port}`]));
      workspace = emptyWorkspace(installation, npmBazel());
      // It is not to fall asleep between two tests.
      await apply(2, '1h');
      const env = await awsEnvironment(installation);
      ecs = new ECSClient({
        region: env.AWS_REGION ?? '',
        endpoint: env.AWS_ENDPOINT_URL ?? '',
        credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' },
      });
    }, LONG_MS);
    afterAll(async () => {
      await workspace?.shutdown();
      await installation?.stop();
    });

    async function apply(workers: number, idleAfter: string): Promise<void> {
      const file = join(installation.directory, 'cluster.json');
      const scaling = { scaleInAfter: '0s', idleAfter };
      const spec = { scaling, pools: { default: { workers } }, ...engine.spec };
      writeFileSync(file, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));
      await expectSuccess(installation.bbf(['apply', '-f', file]));
    }

    /** By task, as ECS says. */
    async function protection(): Promise<Record<string, boolean | undefined>> {
      const { taskArns } = await ecs.send(
        new ListTasksCommand({ cluster: 'bbf', serviceName: 'bbf--main--pool--default' }),
      );
      const answer = await ecs.send(new GetTaskProtectionCommand({ cluster: 'bbf', tasks: taskArns }));
      const pairs = answer.protectedTasks?.map((task) => [task.taskArn?.split('/').at(-1), task.protectionEnabled]);
      return Object.fromEntries(pairs ?? []);
    }
    const inWorker = (task: string, ...words: string[]) =>
      execFileSync('docker', ['exec', `bbf-${task}-worker`, ...words]);

    it('are all the containers that they are on AWS, and workers are protected', async () => {
      const images = [
        'server',
        'storage',
        'backplane',
        ...Array(2).fill('worker'),
        ...Array(3).fill(['gateway', 'agent']).flat(),
      ];
      const expected = [...images.map(engine.image), ...Array(3).fill('bbf/task-network')];
      expect(containersOf(installation)).toEqual(expected.sort());
      expect(Object.values(await protection())).toEqual([true, true]);
    });

    it('let nobody in without a client certificate', async () => {
      const authority = await stolenAuthority(installation);
      const { endpoint } = await statusOf(installation);
      expect(
        await askCapabilities(endpoint ?? '', { authorities: authority.authorities[0]?.certificate ?? '' }),
      ).toMatch(/^16 the gateway of cluster main takes no connection without a client certificate/);
    });

    it('build on when a worker is killed', { timeout: LONG_MS }, async () => {
      workspace.write(
        'BUILD',
        'genrule(name = "lost", outs = ["lost.txt"], cmd = "until [ -e /tmp/again ]; do sleep 0.1; done; echo again > $@")',
      );
      const build = workspace.bbf(['build', '//:lost']);
      const lost = await until('a worker has it', async () => {
        const { workers } = await activityOf(installation);
        return workers.find(({ running }) => running === 1)?.name;
      });
      execFileSync('docker', ['kill', `bbf-${lost}-worker`]);
      await until('the one that was there or the one that came gets it', async () => {
        const { workers } = await activityOf(installation);
        const taker = workers.find(({ name, running }) => name !== lost && running === 1);
        if (taker) inWorker(taker.name, 'touch', '/tmp/again');
        return taker;
      });
      const { code, stderr } = await build;
      expect(code, stderr).toBe(0);
      expect(readFileSync(join(workspace.directory, 'bazel-bin', 'lost.txt'), 'utf8')).toBe('again\n');
      await until('another one is there', async () => {
        const names = Object.keys(await protection());
        const { workers } = await activityOf(installation);
        const known = workers.map(({ name }) => name).sort();
        return !names.includes(lost) && known.length === 2 && String(known) === String(names.sort()) ? true : undefined;
      });
    });

    it('build, and drain the worker that has nothing to do meanwhile', { timeout: LONG_MS }, async () => {
      workspace.write(
        'BUILD',
        `genrule(name = "held", outs = ["held.txt"], cmd = "until [ -e /tmp/go ]; do sleep 0.1; done; echo held > $@")
[genrule(name = "g%d" % i, outs = ["g%d.txt" % i], cmd = "test -e /.dockerenv && echo %d > $@" % i) for i in range(3)]
genrule(name = "program", srcs = ["main.cc"], outs = ["program.bin"], cmd = "g++ -o $@ $<")
genrule(name = "said", srcs = [":program"], outs = ["said.txt"], cmd = "$(location :program) > $@")
genrule(name = "sum", srcs = [":held", ":said"] + [":g%d" % i for i in range(3)], outs = ["sum.txt"], cmd = "cat $(SRCS) > $@")`,
      );
      workspace.write('main.cc', '#include <cstdio>\nint main() { std::puts("built in a container"); }\n');
      const build = workspace.bbf(['build', '//...']);
      const busy = await until('only the action that is held runs', async () => {
        const { running, queued, workers } = await activityOf(installation);
        const done = workers.reduce((sum, { actions }) => sum + actions, 0);
        // One was done before.
        return running === 1 && queued === 0 && done === 6 ? workers.find((one) => one.running === 1)?.name : undefined;
      });
      await expectSuccess(installation.bbf(['want', '--workers=1', '--no-wait']));
      await until('the other one has gone', async () =>
        Object.keys(await protection()).length === 1 ? true : undefined,
      );
      expect(await protection()).toEqual({ [busy]: true });
      inWorker(busy, 'touch', '/tmp/go');
      const { code, stderr } = await build;
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/7 remote/);
      expect(readFileSync(join(workspace.directory, 'bazel-bin', 'sum.txt'), 'utf8')).toBe(
        'held\nbuilt in a container\n0\n1\n2\n',
      );

      const { stdout } = await expectSuccess(installation.bbf(['logs', 'default']));
      expect(stdout).toMatch(/it drains: the worker takes nothing new/);
      expect(stdout).toMatch(engine.saysPaused);
    });

    it('go to zero, and leave nothing when the cloud goes down', { timeout: LONG_MS }, async () => {
      await apply(1, '5s');
      await untilStatus(
        installation,
        'it sleeps',
        (status) => holds(status, 'Asleep') && status.server.running === 0,
        LONG_MS,
      );
      await expect.poll(() => containersOf(installation), { timeout: LONG_MS }).toEqual([]);
      await expect.poll(() => surroundingsOf(installation)).toEqual([expect.stringMatching(/^bbf-[0-9a-f]{12}$/)]);
      await expectSuccess(installation.bbf(['local', 'down']));
      expect([...containersOf(installation), ...surroundingsOf(installation)]).toEqual([]);
    });
  });
