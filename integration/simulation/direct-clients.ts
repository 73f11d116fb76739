/** The direct door: what looks like the SDK's clients to the reconciler's adapters, over the services' state machines without any wire. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { eventView } from '../../local/cloud/cloudformation/views.ts';
import { ServiceError } from '../../local/cloud/kernel.ts';
import type { Services } from '../../local/cloud/services.ts';
import { seededRandom } from '../../local/cloud/virtual-world.ts';
import type { AwsClients } from '../../reconciler/aws/ports.ts';
import type { SimulatedWorld } from './world.ts';

/** A command of the SDK: its class names the operation. */
interface Command {
  constructor: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: members are those of AWS's API, checked where the command was made
  input: any;
}

type Operations = Record<string, (input: Command['input']) => unknown>;

export function directClients({
  services,
  clock,
  story,
}: Pick<SimulatedWorld, 'services' | 'clock' | 'story'>): AwsClients {
  const order = story.unordered ? shuffler(story.seed) : <T>(all: T[]) => all;
  const client = (operations: Operations) => ({
    send: (command: Command) => {
      // The wire gives each request an id from the world's chance; with the same draws both doors lead to the same ids.
      clock.uuid();
      return answered(operations, command);
    },
  });
  // The SDK's paginators insist on an instance of the client's class.
  const cfn = Object.assign(Object.create(CloudFormationClient.prototype), client(cloudFormation(services, order)));
  return {
    s3: client(s3(services)),
    ecs: client(ecs(services, order)),
    cfn,
    events: client(events(services)),
  } as unknown as AwsClients;
}

type EventView = ReturnType<typeof eventView>;
type Order = <T>(all: T[]) => T[];

/** Has a chance of its own, so that a story goes on as it would in order. */
function shuffler(seed: number): Order {
  const random = seededRandom(seed ^ 0x1f83d9ab);
  return (all) =>
    all
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
}

async function answered(operations: Operations, command: Command): Promise<unknown> {
  const { name } = command.constructor;
  const run = operations[name];
  if (!run) throw new Error(`the direct door of the simulation does not know ${name}; add it there`);
  try {
    return run(command.input);
  } catch (error) {
    throw error instanceof ServiceError ? sdkError(error) : error;
  }
}

/** With what the SDK's own errors carry and the reconciler's table reads. */
function sdkError({ code, message, status }: ServiceError): Error {
  return Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status } });
}

/** Undefined members are as good as absent, but the state machines take some of them for given. */
function given<T extends object>(members: T) {
  const all = {} as { [K in keyof T]: NonNullable<T[K]> };
  for (const name in members) {
    const value = members[name];
    if (value !== undefined && value !== null) all[name] = value;
  }
  return all;
}

function s3({ s3 }: Services): Operations {
  return {
    ListObjectsV2Command: ({ Bucket, Prefix, ContinuationToken }) => {
      const page = s3.listObjects(given({ bucket: Bucket, prefix: Prefix, continuationToken: ContinuationToken }));
      const Contents = page.entries.map(({ key, version }) => ({
        Key: key,
        ETag: version.etag,
        Size: version.size,
        LastModified: new Date(version.modifiedAt),
      }));
      return { Contents, IsTruncated: page.truncated, NextContinuationToken: page.nextToken };
    },
    ListObjectVersionsCommand: ({ Bucket, Prefix }) => {
      const { entries } = s3.listObjectVersions(given({ bucket: Bucket, prefix: Prefix }));
      const all = entries.map(({ key, version: { versionId, modifiedAt, deleteMarker, size }, latest }) => ({
        Key: key,
        VersionId: versionId,
        Size: size,
        LastModified: new Date(modifiedAt),
        IsLatest: latest,
        deleteMarker,
      }));
      return {
        Versions: all.filter((version) => !version.deleteMarker),
        DeleteMarkers: all.filter((version) => version.deleteMarker),
      };
    },
    GetObjectCommand: ({ Bucket, Key, VersionId }) => {
      const found = s3.findObject(given({ bucket: Bucket, key: Key, versionId: VersionId }));
      const text = Buffer.from(found.body()).toString('utf8');
      const { etag, versionId } = found.version;
      return { ETag: etag, VersionId: versionId, Body: { transformToString: async () => text } };
    },
    PutObjectCommand: ({ Bucket, Key, Body, ContentType, IfMatch, IfNoneMatch }) => {
      const headers = { 'content-type': ContentType };
      const conditions = given({ ifMatch: IfMatch, ifNoneMatch: IfNoneMatch });
      const version = s3.putObject({ bucket: Bucket, key: Key, body: Body, headers, ...conditions });
      return { ETag: version.etag, VersionId: version.versionId };
    },
    DeleteObjectCommand: ({ Bucket, Key, IfMatch }) => {
      s3.deleteObject(given({ bucket: Bucket, key: Key, ifMatch: IfMatch }));
      return {};
    },
  };
}

/** ECS's wire has seconds, the SDK dates. */
const dated = <T extends { createdAt?: number | undefined }>(one: T) => ({
  ...one,
  createdAt: new Date((one.createdAt ?? 0) * 1000),
});

function ecs({ ecs }: Services, order: Order): Operations {
  return {
    DescribeServicesCommand: (input) => {
      const { services, failures } = ecs.describeServices(input);
      const all = services.map((service) => ({
        ...service,
        events: service.events.map(dated),
        deployments: service.deployments.map(dated),
      }));
      return { services: order(all), failures };
    },
    ListTasksCommand: (input) => {
      const { taskArns, ...page } = ecs.listTasks(given(input));
      return { ...page, taskArns: order(taskArns) };
    },
    DescribeTasksCommand: (input) => {
      const { tasks, failures } = ecs.describeTasks(input);
      const stoppingAt = (seconds: number | undefined) => seconds && new Date(seconds * 1000);
      return { tasks: order(tasks.map((task) => ({ ...task, stoppingAt: stoppingAt(task.stoppingAt) }))), failures };
    },
    UpdateServiceCommand: (input) => ecs.updateService(given(input) as typeof input),
  };
}

const datedEvents = new WeakMap<EventView, Omit<EventView, 'Timestamp'> & { Timestamp: Date }>();

/** A page has a hundred of them, and nearly all were there the last time. */
function datedEvent(event: EventView) {
  const dated = datedEvents.get(event) ?? { ...event, Timestamp: new Date(event.Timestamp ?? 0) };
  datedEvents.set(event, dated);
  return dated;
}

/** Inputs and outputs of its state machine are the API's own, but for instants, which are texts there. */
function cloudFormation({ cloudformation }: Services, order: Order): Operations {
  const operations: Operations = {
    DescribeStackEventsCommand: (input) => {
      const { StackEvents, NextToken } = cloudformation.describeStackEvents(given(input) as typeof input);
      return { StackEvents: StackEvents.map(datedEvent), NextToken };
    },
    DescribeStacksCommand: (input) => {
      const { Stacks, NextToken } = cloudformation.describeStacks(given(input) as typeof input);
      const dated = Stacks.map(({ CreationTime = 0, LastUpdatedTime, ...stack }) => ({
        ...stack,
        CreationTime: new Date(CreationTime),
        ...(LastUpdatedTime !== undefined && { LastUpdatedTime: new Date(LastUpdatedTime) }),
      }));
      return { Stacks: order(dated), NextToken };
    },
  };
  for (const [name, run] of Object.entries(cloudformation)) {
    const command = `${name.charAt(0).toUpperCase()}${name.slice(1)}Command`;
    operations[command] ??= (input) => (run as (input: unknown) => unknown)(given(input));
  }
  return operations;
}

function events({ events }: Services): Operations {
  return {
    DescribeRuleCommand: (input) => events.describeRule(input),
    EnableRuleCommand: (input) => events.enableRule(input),
    DisableRuleCommand: (input) => events.disableRule(input),
  };
}
