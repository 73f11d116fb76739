/** `bbf local up`: starts the local cloud and sets bbf up in it, exactly as on AWS. */
import { join } from 'node:path';
import { DEFAULT_INSTALLATION, foundationStackName } from '../../templates/names.ts';

import type { Call, Program } from '../command.ts';
import { readConfig } from '../context/config.ts';
import { accessOf, openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { GOES_ON_FROM_HERE, interruptible } from '../interrupt.ts';
import { programPath } from '../program-path.ts';
import { portFlag } from '../quantities.ts';
import { nextSteps } from '../setup/next-steps.ts';
import { setUp } from '../setup/set-up.ts';
import { type Verdict, waitFor } from '../wait.ts';
import {
  logTail,
  pidAt,
  type RunningCloud,
  runningCloud,
  startCloud,
  type TaskKind,
  taskKinds,
} from './cloud-process.ts';
import { engineChoices } from './farm-engine.ts';
import { keepStart, lastStart } from './last-start.ts';
import { lookedAnew } from './looked-anew.ts';
import { LOCAL_CONTEXT, LOCAL_PROFILE, localLine, statePath } from './state.ts';

const DEFAULT_PORT = 4599;
/** Its start takes well under a second; a loaded machine may need more. */
const START_TIMEOUT_MS = 60_000;

const LOCAL_REGION = 'us-east-1';

export async function up(call: Call, program: Program): Promise<number> {
  const state = await statePath(call, program);
  const { result } = program.terminal;
  const running = await runningCloud(state);
  const last = running ?? lastStart(state);
  const port = portOf(call, running, last.port ?? DEFAULT_PORT);
  const tasks = tasksOf(call, running, last.tasks ?? 'processes');
  if (running !== undefined && (await isSetUp(running, program))) {
    result.write(`the local cloud is up already: http://127.0.0.1:${running.port} (process ${running.pid})\n`);
    return 0;
  }
  const startedAt = program.now();
  if (running === undefined) {
    if (tasks === 'docker') await (await import('./farm-images.ts')).buildFarmImages(program);
    await start({ state, port, tasks, call }, program);
    keepStart(state, { port, tasks });
  }
  const { contexts } = await readConfig(program.settings);
  const cluster = contexts[LOCAL_CONTEXT]?.cluster;
  const context = {
    endpoint: `http://127.0.0.1:${port}`,
    region: LOCAL_REGION,
    installation: DEFAULT_INSTALLATION,
    credentialsFile: join(state, 'credentials'),
    profile: LOCAL_PROFILE,
    // Whoever named one named it for the next time as well.
    ...(cluster === undefined ? {} : { cluster }),
  };
  await setUp({ contextName: LOCAL_CONTEXT, context, choices: engineChoices(tasks) }, program);
  if (running === undefined) await lookedAnew(LOCAL_CONTEXT, startedAt, program);
  result.write(`the local cloud is up: http://127.0.0.1:${port}; context ${LOCAL_CONTEXT} is in use\n`);
  program.terminal.notes.write(`${await nextSteps(await openInstallation(program, LOCAL_CONTEXT))}\n`);
  return 0;
}

function portOf(call: Call, running: RunningCloud | undefined, usual: number): number {
  const port = portFlag(call, DEFAULT_PORT) ?? usual;
  if (running !== undefined && running.port !== port)
    throw new Failure('conflict', `the local cloud is up already, on port ${running.port} instead of ${port}`, {
      next: `${localLine(call, 'down')}, then ${localLine(call, 'up', `--port=${port}`)}`,
    });
  return port;
}

function tasksOf(call: Call, running: RunningCloud | undefined, usual: TaskKind): TaskKind {
  const text = call.text('tasks');
  const kind = text === undefined ? usual : taskKinds.find((one) => one === text);
  if (kind === undefined)
    throw new Failure('usage', `--tasks=${text} is none of ${taskKinds.join(', ')}`, {
      next: 'bbf local up --tasks=docker',
    });
  if (running !== undefined && running.tasks !== kind)
    throw new Failure('conflict', `the local cloud is up already, and its tasks are ${running.tasks}, not ${kind}`, {
      next: `${localLine(call, 'down')}, then ${localLine(call, 'up', `--tasks=${kind}`)}`,
    });
  return kind;
}

/** What was interrupted is done again: a set-up, whose last step is the context, or a teardown, whose first takes the foundation's protection. */
async function isSetUp(running: RunningCloud, { settings }: Program): Promise<boolean> {
  const { contexts } = await readConfig(settings);
  const context = contexts[LOCAL_CONTEXT];
  if (context?.endpoint !== `http://127.0.0.1:${running.port}`) return false;
  const { openStacks } = await import('../aws/stacks.ts');
  const foundation = await openStacks(accessOf(context, settings))
    .describe(foundationStackName(context.installation))
    .catch(() => undefined);
  return foundation?.EnableTerminationProtection === true;
}

interface Start {
  state: string;
  port: number;
  tasks: TaskKind;
  call: Call;
}

async function start({ state, port, tasks, call }: Start, program: Program): Promise<void> {
  const { settings } = program;
  const cloud = await startCloud({
    program: programPath(settings.program, 'local-cloud.mjs'),
    state,
    port,
    tasks,
    environment: settings.childEnvironment,
    onPort: (other) => localLine(call, 'up', ...(call.has('tasks') ? [`--tasks=${tasks}`] : []), `--port=${other}`),
  });
  const look = async (): Promise<Verdict<undefined>> => {
    if ((await pidAt(port)) !== undefined) return { state: 'done', value: undefined, lines: [] };
    const lines = [{ key: 'cloud', state: 'busy' as const, text: `local cloud: starts on port ${port}` }];
    if (!cloud.exited()) return { state: 'waiting', lines };
    return { state: 'stuck', lines, failure: await notStarted(cloud.log) };
  };
  const next = `read ${cloud.log}, or ${localLine(call, 'up')} again`;
  await interruptible(
    (signal) => waitFor({ what: 'the local cloud', look, timeoutMs: START_TIMEOUT_MS, next, signal }, program),
    GOES_ON_FROM_HERE,
  );
}

async function notStarted(log: string): Promise<Failure> {
  return new Failure('system', 'the local cloud ended as soon as it was started', {
    details: await logTail(log),
    next: `read ${log}`,
  });
}
