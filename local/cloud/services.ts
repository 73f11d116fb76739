/** Makes every service of the local cloud and joins them: events to functions, tasks to roles, stacks to resources. */
import { createCloudFormation } from './cloudformation/cloudformation.ts';
import type { BeforeResource, Timing as StackTiming } from './cloudformation/engine.ts';
import type { CloudFormationState } from './cloudformation/state.ts';
import { createEc2 } from './ec2/ec2.ts';
import type { Ec2State } from './ec2/state.ts';
import { createEcr, type EcrState } from './ecr/ecr.ts';
import { createEcs } from './ecs/ecs.ts';
import type { EcsFaults, TaskRuntime } from './ecs/ports.ts';
import type { EcsState } from './ecs/state.ts';
import type { Timing as EcsTiming } from './ecs/timing.ts';
import { createEvents } from './events/events.ts';
import type { DeliveryFate, EventsState } from './events/state.ts';
import { createIam } from './iam/iam.ts';
import type { IamState } from './iam/state.ts';
import type { Emit, World } from './kernel.ts';
import { createLambda } from './lambda/lambda.ts';
import type { FunctionRuntime } from './lambda/runtime.ts';
import type { LambdaState } from './lambda/state.ts';
import { createLogs } from './logs/logs.ts';
import type { LogsState } from './logs/state.ts';
import { createS3 } from './s3/s3.ts';
import type { Blobs, S3State } from './s3/state.ts';

/** What each service remembers, as plain JSON; one that is absent starts empty. */
export interface CloudState {
  s3?: S3State | undefined;
  iam?: IamState | undefined;
  events?: EventsState | undefined;
  lambda?: LambdaState | undefined;
  ecs?: EcsState | undefined;
  cloudformation?: CloudFormationState | undefined;
  ec2?: Ec2State | undefined;
  ecr?: EcrState | undefined;
  logs?: LogsState | undefined;
}

export interface ServicesOptions {
  world: World;
  /** Bodies of objects and code of functions. */
  blobs: Blobs;
  tasks: TaskRuntime;
  functions: FunctionRuntime;
  /** Where the cloud answers, without a slash at the end, e.g. `http://127.0.0.1:4599`. */
  endpoint: string;
  saved?: CloudState;
  /** The rest is for tests and the simulator. */
  /** Of the account's images, e.g. `http://127.0.0.1:5000`. Default: the name that AWS would give, behind which nothing is. */
  registry?: string | undefined;
  conflicts?: () => boolean;
  delivery?: DeliveryFate;
  faults?: EcsFaults;
  ecsTiming?: EcsTiming;
  stackTiming?: Partial<StackTiming>;
  /** A reason makes that step of a stack's resource fail. */
  stackFaults?: BeforeResource;
}

export type Services = ReturnType<typeof createServices>;

export function createServices(options: ServicesOptions) {
  const { world, blobs, endpoint, saved = {} } = options;
  const emit: Emit = (event) => events.emit(event);
  const logs = createLogs({ world, saved: saved.logs });
  const ec2 = createEc2({ world, saved: saved.ec2 });
  const ecr = createEcr({ world, registry: options.registry, saved: saved.ecr });
  const iam = createIam({ world, saved: saved.iam });
  const s3 = createS3({ world, emit, blobs, saved: saved.s3, conflicts: options.conflicts });
  const lambda = createLambda({
    world,
    runtime: options.functions,
    blobs,
    readObject: (bucket, key, versionId) => s3.findObject({ bucket, key, ...(versionId && { versionId }) }).body(),
    issueSession: ({ roleArn, sessionName, durationSeconds }) =>
      iam.issueSession(roleArn, sessionName, durationSeconds),
    appendLog: logs.append,
    urlBase: endpoint,
    saved: saved.lambda,
  });
  const events = createEvents({
    world,
    invokeFunction: (call) => lambda.invokeForRule(call),
    saved: saved.events,
    delivery: options.delivery,
  });
  const ecs = createEcs({
    world,
    emit,
    tasks: options.tasks,
    network: ec2,
    issueSession: iam.issueSession,
    endpoint: () => endpoint,
    saved: saved.ecs,
    ...(options.faults && { faults: options.faults }),
    ...(options.ecsTiming && { timing: options.ecsTiming }),
  });
  const cloudformation = createCloudFormation({
    world,
    emit,
    providers: [iam, s3, lambda, events, ecs, ec2, ecr, logs].flatMap((service) => service.providers),
    saved: saved.cloudformation,
    ...(options.stackTiming && { timing: options.stackTiming }),
    ...(options.stackFaults && { beforeResource: options.stackFaults }),
    readTemplateUrl: (url) => readTemplate(s3, url),
  });
  return { s3, iam, events, lambda, ecs, cloudformation, ec2, ecr, logs };
}

/** A template's address is that of an object: `…/BUCKET/KEY`. */
function readTemplate(s3: ReturnType<typeof createS3>, url: string): string {
  const [, bucket = '', ...key] = new URL(url).pathname.split('/').map(decodeURIComponent);
  return Buffer.from(s3.findObject({ bucket, key: key.join('/') }).body()).toString('utf8');
}
