/** What every service of the local cloud stands on: time, identity, events, and the shapes of requests and resources. */

/** Time, chance and identity. The real one is made by `real-world.ts`, the simulator makes a virtual one. */
export interface World {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** A version 4 UUID from `random()`. */
  uuid(): string;
  /** Runs `run` once `now() >= at`. One timer for each key: a second call with the same key replaces the first. */
  schedule(key: string, at: number, run: () => void): void;
  cancel(key: string): void;
  /** Says that a service's state differs from what was last saved. */
  changed(service: ServiceName): void;
}

export type ServiceName = 's3' | 'cloudformation' | 'ecs' | 'events' | 'lambda' | 'iam' | 'ec2' | 'logs' | 'ecr';

/** An event of an AWS service, before EventBridge adds the envelope (version, id, account, time, region). */
export interface ServiceEvent {
  source: string;
  detailType: string;
  resources: string[];
  detail: Record<string, unknown>;
}
export type Emit = (event: ServiceEvent) => void;

/** One HTTP request to the cloud, body whole and de-chunked. Header names are lower case. */
export interface WireRequest {
  method: string;
  /** Undecoded path without query, as it was signed. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Uint8Array;
}
export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

/** Who signed the request. */
export interface Caller {
  accessKeyId: string;
  /** `arn:aws:iam::ACCOUNT:user/NAME` or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  arn: string;
  account: string;
  /** `AIDA…` or `AROA…:SESSION`. */
  userId: string;
}

export type WireHandler = (request: WireRequest, caller: Caller) => Promise<WireResponse>;

/** An error that AWS documents for an operation; the codecs turn it into the protocol's own shape. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Extra members of the error body, e.g. S3's `Key`. */
  readonly members: Record<string, string>;
  constructor(code: string, message: string, status = 400, members: Record<string, string> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What CloudFormation must know of a resource after it was made. Values are plain JSON. */
export interface ResourceOutcome {
  /** What `Ref` gives. */
  physicalId: string;
  /** What `Fn::GetAtt` gives. */
  attributes: Record<string, unknown>;
}

export interface ResourceContext {
  stackName: string;
  stackId: string;
  logicalId: string;
  /** Tags of the stack, which CloudFormation hands on to each resource that takes tags. */
  tags: Record<string, string>;
  /** A name such as CloudFormation makes up: STACK-LOGICALID-RANDOM. */
  generatedName(maxLength?: number): string;
}

export type Stability = { state: 'pending' } | { state: 'stable' } | { state: 'failed'; reason: string };

/**
 * How CloudFormation drives one resource type. `Properties` reach a provider with every intrinsic resolved.
 * Each call throws ServiceError or Error to fail the resource with that message.
 */
export interface ResourceProvider {
  type: string;
  /** Properties whose change makes `update` answer 'replace', for change sets to foretell it. Absent: not foretold. */
  replacedBy?: readonly string[];
  create(properties: Record<string, unknown>, context: ResourceContext): ResourceOutcome;
  /** Physical id of what already has the name that the properties give; undefined: nothing has. Absent: the type is never imported. */
  existing?(properties: Record<string, unknown>): string | undefined;
  /** 'replace' asks the engine to create a new one and to delete the old one during clean-up. */
  update(
    physicalId: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    context: ResourceContext,
  ): ResourceOutcome | 'replace';
  /** Absent already counts as deleted. */
  delete(physicalId: string, properties: Record<string, unknown>, context: ResourceContext): void;
  /** Asked again until it is no longer pending, after create and update. Absent: stable at once. */
  stability?(physicalId: string, properties: Record<string, unknown>): Stability;
  /** Likewise after delete; true when nothing is left. Absent: gone at once. */
  gone?(physicalId: string): boolean;
}
