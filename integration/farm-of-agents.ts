/** A cluster whose engine has companions, in real time on a port: the real set-up, reconciler and access code; the tasks' agents run in this process, Buildfarm's part is played. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { setUp } from '../cli/setup/set-up.ts';
import { programDouble } from '../cli/testing/program-double.ts';
import type { Activity, Status } from '../config-schema/documents.ts';
import { activityKey, clusterKey, statusKey } from '../config-schema/keys.ts';
import { startServerAgent } from '../images/agent/server-agent.ts';
import { agentSettings, type ServerAgentSettings, type WorkerAgentSettings } from '../images/agent/settings.ts';
import { startWorkerAgent } from '../images/agent/worker-agent.ts';
import type { MemoryProgram } from '../local/cloud/ecs/memory-runtime.ts';
import type { InProcessContext } from '../local/cloud/lambda/in-process-runtime.ts';
import { containerCredentials } from '../reconciler/access/container-credentials.ts';
import { accessPorts } from '../reconciler/access/document-ports.ts';
import { answerUrl, isUrlEvent } from '../reconciler/access/function-url.ts';
import { awsPorts } from '../reconciler/aws/ports.ts';
import { farmTask } from '../reconciler/aws/tasks.ts';
import { dispatch } from '../reconciler/dispatch.ts';
import { settingsFrom } from '../reconciler/settings.ts';
import { startServerDouble, startWorkerDouble } from './buildfarm-double.ts';
import { startCloudOnPort } from './contract/harness.ts';
import { until } from './installation.ts';

const CLUSTER = 'main';
const REGION = 'us-east-1';
type TestCloudOnPort = Awaited<ReturnType<typeof startCloudOnPort>>;
const LOOK_MS = 50;
/** The end record alone: a zip without entries (PKWARE's APPNOTE, 4.3.16). */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const ENGINE = Object.fromEntries(
  ['server', 'worker', 'storage', 'backplane', 'gateway', 'agent'].map((name) => [name, `bbf/${name}`]),
);

export type FarmOfAgents = Awaited<ReturnType<typeof startFarmOfAgents>>;
export type WorkerTask = Awaited<ReturnType<FarmOfAgents['startWorker']>>;

export async function startFarmOfAgents() {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-agents-'));
  /** What certificates say of their own life; undefined: what the access code says. */
  const certificates: { lifeMs: number | undefined } = { lifeMs: undefined };
  const cloud: TestCloudOnPort = await startCloudOnPort({
    functions: {
      'bbf--reconciler': async (event, context) => {
        const answer = await reconcilerOf(cloud)(event, context);
        return certificates.lifeMs === undefined ? answer : shortened(answer, certificates.lifeMs);
      },
    },
  });
  const program = programDouble();
  Object.assign(program.settings.aws, cloud.credentials);
  Object.assign(program, { now: Date.now, sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) });
  mkdirSync(program.directory, { recursive: true });
  writeFileSync(join(program.directory, 'reconciler.zip'), EMPTY_ZIP);
  const context = { endpoint: cloud.endpoint, region: REGION, installation: 'bbf' };
  const {
    context: { bucket },
  } = await setUp(
    { contextName: 'test', context, choices: { ServerImage: 'bbf/server', WorkerImage: 'bbf/worker' } },
    program,
  );
  const stops: (() => void | Promise<void>)[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = (message: string, values: Record<string, unknown>) => void logged.push({ message, ...values });
  const read = async <T>(key: string): Promise<T | undefined> => {
    const object = await cloud.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
    return object && JSON.parse((await object.Body?.transformToString()) ?? '');
  };
  /** The agent's container of a task that nobody has played yet. */
  const played = new Set<string>();
  const newAgent = (role: 'server' | 'worker'): Promise<MemoryProgram> =>
    until(`a task of a ${role} starts`, () => {
      const found = cloud.tasks
        .running()
        .find(({ start }) => start.environment.BBF_AGENT === role && !played.has(start.taskId));
      if (found) played.add(found.start.taskId);
      return found;
    });

  /** A server's task whose agent is for the test to start. */
  async function prepareServer() {
    const { start } = await newAgent('server');
    const double = await startServerDouble();
    stops.push(double.close);
    const { taskId, address, environment } = start;
    return { ...double, taskId, address, environment, runDirectory: join(directory, taskId, 'run') };
  }

  async function startServer() {
    const task = await prepareServer();
    const settings = {
      ...(agentSettings({ ...task.environment, BBF_RUN: task.runDirectory }) as ServerAgentSettings),
      metricsUrl: task.metricsUrl,
      port: 0,
    };
    const agent = await startServerAgent(settings, containerCredentials(task.environment), log);
    stops.push(() => agent.stop());
    return { ...task, port: agent.port, stop: agent.stop };
  }

  /** A worker's task whose agent is for the test to start. */
  async function prepareWorker() {
    const { start } = await newAgent('worker');
    const [runDirectory, workDirectory] = ['run', 'work'].map((name) => join(directory, start.taskId, name)) as [
      string,
      string,
    ];
    const double = await startWorkerDouble(workDirectory);
    stops.push(double.close);
    const { taskId, address, environment } = start;
    return { ...double, taskId, address, environment, runDirectory, workDirectory };
  }

  /** @param port of the server's agent: the gateways carry it there */
  async function startWorker(port: number) {
    const task = await prepareWorker();
    const given = { ...task.environment, BBF_RUN: task.runDirectory, BBF_WORK: task.workDirectory };
    const settings = { ...(agentSettings(given) as WorkerAgentSettings), metricsUrl: task.metricsUrl, port };
    const ends = { count: 0 };
    const end = () => {
      ends.count += 1;
    };
    const agent = await startWorkerAgent(settings, containerCredentials(task.environment), log, end, LOOK_MS);
    stops.push(() => agent.stop());
    return { ...task, ends, stop: agent.stop };
  }

  return {
    ...cloud,
    logged,
    certificates,
    /** So many workers, whatever the queue says. */
    want: (workers: number) =>
      cloud.s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: clusterKey(CLUSTER),
          Body: JSON.stringify({
            apiVersion: 'bbf/v1',
            kind: 'Cluster',
            metadata: { name: CLUSTER },
            spec: { engine: ENGINE, scaling: { scaleInAfter: '0s', queue: false }, pools: { default: { workers } } },
          }),
        }),
      ),
    activity: () => read<Activity>(activityKey(CLUSTER)),
    status: () => read<Status>(statusKey(CLUSTER)),
    prepareServer,
    startServer,
    prepareWorker,
    startWorker,
    async end() {
      for (const stop of stops.reverse()) await stop();
      await cloud.stop();
      for (const path of [directory, program.directory]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** The function as `reconciler/lambda.ts` puts it together, without a log. */
function reconcilerOf(cloud: Pick<TestCloudOnPort, 'ecs' | 'cfn' | 'events' | 'endpoint' | 'credentials'>) {
  return async (
    event: unknown,
    { environment, invokedFunctionArn, ...context }: InProcessContext,
  ): Promise<unknown> => {
    // The bucket's policy leaves the authority to the role of the function.
    const s3 = new S3Client({
      region: REGION,
      endpoint: cloud.endpoint,
      forcePathStyle: true,
      credentials: context.credentials(),
    });
    const settings = settingsFrom({ ...environment, AWS_REGION: REGION, AWS_ENDPOINT_URL: cloud.endpoint });
    const log = { info: () => {}, error: () => {} };
    const time = { now: Date.now, wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
    const ports = awsPorts({ ...cloud, s3 }, settings, time, log);
    if (isUrlEvent(event)) {
      const task = (id: string) =>
        farmTask(cloud.ecs, { ...cloud, region: REGION }, settings.installation, id, settings.publicAddresses);
      const access = accessPorts({ documents: ports.documents, task, now: time.now, log });
      return answerUrl(event, { ...settings, account: invokedFunctionArn.split(':')[4] ?? '' }, access);
    }
    const deadline = Date.now() + context.getRemainingTimeInMillis();
    return dispatch(ports, settings, { id: context.awsRequestId, deadline, lifeMs: 60_000 }, event);
  };
}

/** The same answer, but for when the certificate is said to begin and end: it is renewed by that. */
function shortened(answer: unknown, lifeMs: number): unknown {
  const { body, ...rest } = answer as { body?: string };
  if (!body?.includes('"certificate"')) return answer;
  const now = Date.now();
  const dates = { notBefore: new Date(now).toISOString(), notAfter: new Date(now + lifeMs).toISOString() };
  return { ...rest, body: JSON.stringify({ ...JSON.parse(body), ...dates }) };
}
