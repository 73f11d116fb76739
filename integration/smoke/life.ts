/** The steps of an installation's life, each of which must succeed, and the teardown that follows in any case. */
import { stripVTControlCharacters } from 'node:util';
import type { Activity, Status } from '../../config-schema/documents.ts';
import type { Screen } from '../demo/screen.ts';
import { expectSuccess, type Run, until } from '../installation.ts';
import type { Throwaway } from './throwaway.ts';

export interface SmokeWish {
  idleAfter: string;
  /** undefined: what `bbf images release` pushes, or else the account's registry. */
  serverImage: string | undefined;
  workerImage: string | undefined;
  /** Whether set-up waits for S3's first events. */
  waits: boolean;
  /** Of the action beside which a worker goes: long enough for the reconciler to look some times, and for ECS to stop a task that nothing protects. */
  actionSeconds: number;
}

/** The worker that `bbf create` makes by itself. */
export const WORKER = {
  ...{ cpu: 4096, memoryMiB: 8192, diskGiB: 50 },
  architecture: 'x86_64' as const,
  capacity: 'spot' as const,
};

const STEP_LIMIT_MS = 15 * 60_000;

/** @returns the exit code: 0 only where every step succeeded and nothing is left */
export async function life(throwaway: Throwaway, wish: SmokeWish, screen: Screen): Promise<number> {
  const stopped = interruption();
  let failure: unknown;
  try {
    await Promise.race([steps(throwaway, wish, screen), stopped.promise]);
  } catch (error) {
    failure = error;
    screen.say(`\n${(error as Error).message}\n`);
  }
  stopped.ignore();
  await throwaway.build(['shutdown']);
  const torn = await tearDown(throwaway, screen);
  screen.say(failure === undefined && torn ? '\nsmoke: all is well, and nothing is left' : '\nsmoke: FAILED');
  return failure === undefined && torn ? 0 : 1;
}

/** Whoever presses Ctrl-C gets the teardown all the same; a second one ends this at once. */
function interruption() {
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    fail = reject;
  });
  promise.catch(() => {});
  const listener = (signal: NodeJS.Signals) => fail(new Error(`interrupted by ${signal}; tears down`));
  process.once('SIGINT', listener).once('SIGTERM', listener);
  return { promise, ignore: () => void process.off('SIGINT', listener).off('SIGTERM', listener) };
}

async function steps(throwaway: Throwaway, wish: SmokeWish, screen: Screen): Promise<void> {
  const { bbf, build, installation, region } = throwaway;
  const step = (text: string, args: string[], run = bbf): Promise<Run> =>
    screen.step(text, (detail) => expectSuccess(run(args, { output: lastLine(detail) })));
  const images = [
    ...(wish.serverImage === undefined ? [] : [`--server-image=${wish.serverImage}`]),
    ...(wish.workerImage === undefined ? [] : [`--worker-image=${wish.workerImage}`]),
  ];
  const place = [`--region=${region}`, `--name=${installation}`];
  await step('bbf setup', ['setup', '--yes', ...place, ...images, ...(wish.waits ? [] : ['--no-wait'])]);
  await step('bbf setup, again: nothing to change', ['setup', '--yes', ...place]);
  await step('bbf create', ['create', 'main', `--idle-after=${wish.idleAfter}`]);
  if (images.length === 0) await step('bbf images release', ['images', 'release']);
  await step('bbf want --workers=1: server and worker start', ['want', '--workers=1', '--timeout=15m']);
  await step('bbf doctor', ['doctor']);
  remotely(await step('bbf build //...: real actions on the farm', ['build', '//...'], build));
  await step('bbf ca show', ['ca', 'show']);
  await screen.step('bbf rollback: what an edit changed is as before', () => editAndBack(throwaway));
  await step('bbf want --workers=2', ['want', '--workers=2', '--timeout=15m']);
  await screen.step('one worker less while an action runs: it is not broken off', () =>
    scaleInBeside(throwaway, wish.actionSeconds),
  );
  await screen.step('nobody builds: the cluster falls asleep', (detail) =>
    until('sleep', () => asleep(bbf, detail), STEP_LIMIT_MS),
  );
  await expectSuccess(build(['clean']));
  await step('one more build wakes it', ['build', '//:top_words'], build);
}

function remotely({ stderr }: Run): void {
  const actions = Number(/(\d+) remote(?! cache hit)/.exec(stderr)?.[1] ?? 0);
  if (actions === 0) throw new Error(`no action ran on the farm:\n${stderr}`);
}

async function editAndBack({ bbf }: Throwaway): Promise<void> {
  const spec = async () =>
    JSON.stringify((JSON.parse((await expectSuccess(bbf(['get']))).stdout) as { spec?: object }).spec);
  const before = await spec();
  await expectSuccess(bbf(['want', '--max=3', '--no-wait']));
  if ((await spec()) === before) throw new Error('bbf want --max=3 changed nothing');
  await expectSuccess(bbf(['rollback', '--no-wait']));
  if ((await spec()) !== before) throw new Error(`bbf rollback left ${await spec()} in place of ${before}`);
}

/** The build claims no worker beyond the one, and Bazel tries nothing twice: an action whose worker is taken away fails it. */
async function scaleInBeside({ bbf, build, write }: Throwaway, actionSeconds: number): Promise<void> {
  const command = `sleep ${actionSeconds}; echo ${Date.now()} > $@`;
  write('slow/BUILD', `genrule(name = "slow", outs = ["slow.txt"], cmd = "${command}")\n`);
  const built = build(['build', '--remote_retries=0', '//slow']);
  await until('a busy worker', async () =>
    (await workersOf(bbf)).some(({ running }) => running > 0) ? true : undefined,
  );
  await expectSuccess(bbf(['want', '--workers=1', '--no-wait']));
  remotely(await expectSuccess(built));
  await until('one worker', async () => (runningIn(await statusOf(bbf)) <= 1 ? true : undefined), STEP_LIMIT_MS);
}

async function workersOf(bbf: Throwaway['bbf']): Promise<Activity['workers']> {
  const { stdout } = await expectSuccess(bbf(['top', '--json=workers']));
  return (JSON.parse(stdout) as Pick<Activity, 'workers'>).workers;
}

async function statusOf(bbf: Throwaway['bbf']): Promise<Status> {
  return JSON.parse((await expectSuccess(bbf(['status', '--json']))).stdout) as Status;
}

/** Workers, as ECS counts them. */
const runningIn = ({ pools }: Status) => Object.values(pools).reduce((sum, { running }) => sum + running, 0);

async function asleep(bbf: Throwaway['bbf'], detail: (text: string) => void): Promise<true | undefined> {
  const status = await statusOf(bbf);
  const running = runningIn(status) + status.server.running;
  detail(`${running} tasks`);
  const sleeps = status.conditions.some((condition) => condition.type === 'Asleep' && condition.status === 'True');
  return sleeps && running === 0 ? true : undefined;
}

/** By region and name, as a set-up that failed has saved no context. It ends with the inventory of what carries the tag. */
async function tearDown({ bbf, region, installation }: Throwaway, screen: Screen): Promise<boolean> {
  const where = [`--region=${region}`, `--name=${installation}`];
  try {
    const { stdout } = await screen.step('bbf teardown: nothing is left', (detail) =>
      expectSuccess(bbf(['teardown', ...where, '--delete-data', '--force', '--yes'], { output: lastLine(detail) })),
    );
    screen.say(stdout.trimEnd().replaceAll(/^/gm, '   '));
    return true;
  } catch (error) {
    screen.say(`${(error as Error).message}\n\ntry: bbf teardown ${where.join(' ')} --delete-data --force`);
    return false;
  }
}

function lastLine(detail: (text: string) => void) {
  return (text: string) => {
    const lines = stripVTControlCharacters(text).split(/[\r\n]+/);
    detail(
      lines
        .filter((line) => line.trim() !== '')
        .at(-1)
        ?.trim() ?? '',
    );
  };
}
