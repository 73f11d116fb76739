/** What the farm does: from an edit to registered workers, and really executed actions beside Bazel's own strategies. */
import { join } from 'node:path';
import { statusOf } from '../integration/end-to-end/cluster.ts';
import { emptyWorkspace } from '../integration/end-to-end/workspace.ts';
import { expectSuccess, type Installation, startInstallation, until } from '../integration/installation.ts';
import { debianBazel, npmBazel } from '../integration/programs.ts';
import { benchBundle } from './bundle.ts';
import { benchCalls } from './calls.ts';
import { compare, printTable, quietly } from './measure.ts';

const ACTIONS = 500;
const ROUNDS = 3;
const WORKERS = 2;

export async function benchFarm(): Promise<void> {
  benchBundle();
  await benchCalls();
  const installation = await startInstallation();
  try {
    await expectSuccess(installation.bbf(['create', 'main']));
    await benchScaleOut(installation);
    await benchActions(installation);
  } finally {
    await installation.stop();
  }
}

/** Nothing runs at first: server and workers all have to start. */
async function benchScaleOut(installation: Installation): Promise<void> {
  const began = Date.now();
  await expectSuccess(installation.bbf(['want', '--workers=3', '--no-wait']));
  await until('three workers', async () =>
    (await statusOf(installation)).pools.default?.registered === 3 ? true : undefined,
  );
  process.stdout.write(
    `\nFrom bbf want --workers=3 at zero to the third registered worker: ${((Date.now() - began) / 1000).toFixed(1)} s\n`,
  );
}

/** Each round cleans first and changes the actions' environment, so that nothing comes from any cache. */
async function benchActions(installation: Installation): Promise<void> {
  await expectSuccess(installation.bbf(['want', `--workers=${WORKERS}`, '--no-wait']));
  const bazel = debianBazel().bazel ?? npmBazel();
  const workspace = emptyWorkspace(installation, bazel, []);
  workspace.write(
    'BUILD',
    `[genrule(name = "g%d" % i, outs = ["g%d.txt" % i], cmd = "echo %d > $@" % i) for i in range(${ACTIONS})]`,
  );
  // Two output roots share the workspace: without this, each would take the other's convenience links for packages.
  const common = ['--noshow_progress', '--symlink_prefix=/'];
  let round = 0;
  const fresh = () => {
    round += 1;
    return `--action_env=ROUND=${round}`;
  };
  const outputs = `--output_user_root=${join(installation.directory, 'plain')}`;
  const options = { env: installation.env, cwd: workspace.directory };
  const local = (strategy: string) => ({
    name: `bazel, ${strategy}`,
    run: () =>
      quietly(
        bazel.path,
        [
          outputs,
          'build',
          ...common,
          `--spawn_strategy=${strategy}`,
          `--genrule_strategy=${strategy}`,
          fresh(),
          '//...',
        ],
        options,
      ),
  });
  const farm = {
    name: `bbf build, ${WORKERS} workers`,
    run: () => expectSuccess(workspace.bbf(['build', ...common, fresh(), '//...'])),
  };
  const rows = await compare([local('local'), local('linux-sandbox'), farm], ROUNDS);
  printTable(`${ACTIONS} trivial genrules, really executed (${bazel.name})`, rows);
  await quietly(bazel.path, [outputs, 'shutdown'], options);
  await workspace.shutdown();
}
