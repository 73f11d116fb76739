/** `npm run demo`: the main job on this machine, from nothing to a build on three workers, to zero, and awake again. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Activity } from '../../config-schema/documents.ts';
import { activityOf, holds, statusOf, untilStatus } from '../end-to-end/cluster.ts';
import { expectSuccess, type Installation, newInstallation, type Run, until } from '../installation.ts';
import { helloWorkspace } from '../programs.ts';
import { openScreen } from './screen.ts';

/** So short only here, that the demo needn't wait. */
const IDLE_AFTER = '12s';

const screen = openScreen(process.stdout, Date.now());
const directory = join(tmpdir(), `bbf-demo-${process.getuid?.()}`);
const pidFile = join(directory, 'demo.pid');
const workspace = join(directory, 'hello');

async function main(): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  refuseTwice();
  const installation = await newInstallation(directory);
  // bbf finds Bazel by itself, unless told which.
  const chosen: Record<string, string> = process.env.BBF_BAZEL ? { BBF_BAZEL: process.env.BBF_BAZEL } : {};
  const build = (args: string[], output?: (text: string) => void) =>
    installation.bbf([`--output_user_root=${join(directory, 'bazel')}`, ...args], {
      cwd: workspace,
      env: chosen,
      ...(output ? { output } : {}),
    });
  if (existsSync(directory)) await clearLeftovers(installation, build);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(pidFile, String(process.pid));
  cpSync(helloWorkspace, workspace, { recursive: true });
  const stop = async () => {
    await build(['shutdown']);
    await installation.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
  }
  try {
    await story(installation, build);
    await screen.step('everything that the demo started has stopped', stop);
    nextSteps();
  } catch (error) {
    await stop();
    throw error;
  }
}

type Build = (args: string[], output?: (text: string) => void) => Promise<Run>;

async function story(installation: Installation, build: Build): Promise<void> {
  screen.title('bbf: a Bazel build farm that isn’t there while nobody builds');
  await screen.step('bbf local up: the AWS services on one port, then the ordinary set-up', async (detail) => {
    await expectSuccess(installation.bbf(['local', 'up', `--port=${installation.port}`], { output: lastLine(detail) }));
  });
  await screen.step(`bbf create main: a cluster that sleeps after ${IDLE_AFTER} without work`, async () => {
    await expectSuccess(installation.bbf(['create', 'main', `--idle-after=${IDLE_AFTER}`]));
  });
  await screen.step('bbf want --workers=3: server and workers start', async (detail) => {
    await expectSuccess(installation.bbf(['want', '--workers=3'], { output: lastLine(detail) }));
  });
  const first = await screen.step('bbf build //...: real actions over mutual TLS', async (detail) =>
    expectSuccess(build(['build', '//...'], lastLine(detail))),
  );
  screen.say(pc.dim(`             ${summary(first)}`));
  workersTable(await reportOf(installation, first));
  const second = await screen.step('bbf clean, bbf build //...: once more', async (detail) => {
    await expectSuccess(build(['clean']));
    return expectSuccess(build(['build', '//...'], lastLine(detail)));
  });
  screen.say(pc.dim(`             ${summary(second)}`));
  allHits(second);
  const asleep = await screen.step('nobody builds: the idle rule takes the whole cluster to zero', (detail) =>
    untilStatus(installation, 'the cluster is at zero', (status) => {
      detail(`${status.pools.default?.running ?? 0} workers, ${status.server.running} server`);
      return holds(status, 'Asleep') && status.server.running === 0 && status.pools.default?.running === 0;
    }),
  );
  screen.say(pc.dim(`             costs ${asleep.cost.usdPerHour} USD/h now`));
  await screen.step('one more bbf build wakes it', async (detail) => {
    await expectSuccess(build(['clean']));
    return expectSuccess(build(['build', '//:top_words'], lastLine(detail)));
  });
  const awake = await statusOf(installation);
  screen.say(
    pc.dim(`             at list price this would cost ${awake.cost.usdPerHour.toFixed(2)} USD/h on AWS while it runs`),
  );
}

/** Bazel's own count of where actions ran. */
function summary({ stderr }: Run): string {
  return /INFO: (\d+ process(?:es)?: .*)/.exec(stderr)?.[1] ?? 'nothing to do';
}

function allHits(run: Run): void {
  const text = summary(run);
  if (/remote cache hit/.test(text) && !/\d+ remote(?! cache hit)/.test(text)) return;
  throw new Error(`the second build should have been all cache hits, but: ${text}`);
}

/** The farm reports about once a second; the table waits for the report that has every action Bazel counted. */
function reportOf(installation: Installation, build: Run): Promise<Activity> {
  const remote = Number(/(\d+) remote/.exec(summary(build))?.[1] ?? 0);
  return until('the farm’s report', async () => {
    const activity = await activityOf(installation);
    const reported = activity.workers.reduce((sum, worker) => sum + worker.actions, 0);
    return reported >= remote ? activity : undefined;
  });
}

function workersTable({ workers }: Activity): void {
  const rows = workers.map((worker) => [
    `${worker.pool} ${worker.name.slice(0, 12)}`,
    String(worker.actions),
    `${(worker.busyMs / 1000).toFixed(2)} s`,
  ]);
  screen.table(['worker', 'actions', 'busy'], rows);
  if (workers.length !== 3 || workers.some((worker) => worker.actions === 0))
    throw new Error('three workers should have run actions');
}

function lastLine(detail: (text: string) => void) {
  return (text: string) => {
    const lines = stripVTControlCharacters(text)
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '');
    detail(lines.at(-1)?.trim() ?? '');
  };
}

function refuseTwice(): void {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (!alive(pid)) return;
  throw new Error(`another demo runs already (process ${pid}); wait for its end, or: kill ${pid}`);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A demo that was killed leaves its cloud and its Bazel server running. */
async function clearLeftovers(installation: Installation, build: Build): Promise<void> {
  if (existsSync(workspace)) await build(['shutdown']);
  await installation.bbf(['local', 'down']);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

function nextSteps(): void {
  screen.say(`
To try it yourself (npm link puts bbf on your PATH):
   bbf local up              the same cloud, kept between runs
   bbf create                a cluster named main
   bbf want --workers=3      then: bbf status --watch
   cd integration/examples/hello && bbf build //...
   bbf local down
`);
}

main().catch((error: Error) => {
  process.stderr.write(`\ndemo: ${error.message}\n`);
  process.exitCode = 1;
});
