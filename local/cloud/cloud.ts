/** The local cloud: one function from request to response over all its services. */
import { createCloudFormationWire } from './cloudformation/wire.ts';
import { createEc2Wire } from './ec2/wire.ts';
import { createEcrWire } from './ecr/wire.ts';
import { createEcsWire } from './ecs/wire.ts';
import { createEventsWire } from './events/wire.ts';
import { refuseTask } from './iam/task-rights.ts';
import { createIamWire, createStsWire } from './iam/wire.ts';
import { ServiceError, type WireHandler, type WireRequest, type WireResponse, type World } from './kernel.ts';
import { createLambdaWire } from './lambda/wire.ts';
import { createLogsWire } from './logs/wire.ts';
import { type Protocol, refusalOf, renderError } from './refusal.ts';
import { createS3Wire } from './s3/wire.ts';
import { type CloudState, createServices, type Services, type ServicesOptions } from './services.ts';
import { parseClaim, type SignatureClaim, SignatureFault, verifySignature } from './signature.ts';
import { createTaggingWire } from './tagging/wire.ts';
import { REQUEST_ID_HEADER } from './wire/answer.ts';
import { withoutChunks } from './wire/aws-chunked.ts';

export interface CloudOptions extends ServicesOptions {
  /** False where the signer's clock and the world's have nothing to do with each other. Default: true. */
  checkSkew?: boolean;
  /** Told of errors that no service foresaw; the client gets status 500. */
  unexpected?: (error: unknown, request: WireRequest) => void;
}

export interface Cloud {
  /** Never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  services: Services;
  /** Goes on with what was under way when the state was saved. Call once, after making the cloud. */
  resume(): void;
  /** The live state of every service; serialise it before anything else happens. */
  snapshot(): Required<CloudState>;
}

interface Front {
  protocol: Protocol;
  handle: WireHandler;
}

const FUNCTION_URLS = '/_lambda-url/';
/** Services that know no regions sign for this one. */
const GLOBAL = new Set(['iam', 'sts']);

export function createCloud(options: CloudOptions): Cloud {
  const services = createServices(options);
  const fronts = frontsOf(services, options.world);

  async function handle(plain: WireRequest): Promise<WireResponse> {
    const id = options.world.uuid();
    const request = { ...plain, headers: { ...plain.headers, [REQUEST_ID_HEADER]: id } };
    const response = await answer(request);
    const stamps = {
      [REQUEST_ID_HEADER]: id,
      'x-amz-request-id': id,
      date: new Date(options.world.now()).toUTCString(),
    };
    return { ...response, headers: { ...stamps, ...response.headers } };
  }

  async function answer(request: WireRequest): Promise<WireResponse> {
    if (request.path === '/_bbf/health') return health(services);
    if (request.path.startsWith('/_ecs/')) return services.ecs.endpoints(request);
    if (request.path.startsWith(FUNCTION_URLS))
      return guarded(
        () => 'rest-json',
        request,
        () => functionUrl(request),
      );
    let protocol: Protocol = 'rest-xml';
    return guarded(
      () => protocol,
      request,
      async () => {
        const claim = parseClaim(request);
        if (!claim) throw unsigned(request);
        const front = fronts[claim.service] ?? unknownService(claim.service);
        protocol = front.protocol;
        const { caller, secretAccessKey } = await verified(request, claim);
        refuseTask(services.iam.state, caller, claim.service, request);
        return front.handle(await withoutChunks(request, claim, secretAccessKey), caller);
      },
    );
  }

  /** A function's own URL is open to unsigned requests too: whether it takes them is the function's affair. */
  async function functionUrl(request: WireRequest): Promise<WireResponse> {
    const claim = parseClaim(request);
    const caller = claim && (await verified(request, claim)).caller;
    return services.lambda.requestUrl(request, caller);
  }

  async function guarded(protocol: () => Protocol, request: WireRequest, run: () => Promise<WireResponse>) {
    try {
      return await run();
    } catch (error) {
      const spoken = protocol();
      return renderError(spoken, foreseen(error, spoken, request), request);
    }
  }

  function verified(request: WireRequest, claim: SignatureClaim) {
    const { region, now } = options.world;
    if (claim.region !== (GLOBAL.has(claim.service) ? 'us-east-1' : region) && claim.region !== region) {
      throw new SignatureFault('wrong-region', `The region '${claim.region}' is wrong; expecting '${region}'`);
    }
    const checkSkew = options.checkSkew ?? true;
    return verifySignature(request, claim, { find: services.iam.findKey, now: now(), checkSkew });
  }

  function foreseen(error: unknown, protocol: Protocol, request: WireRequest): ServiceError {
    if (error instanceof ServiceError) return error;
    if (error instanceof SignatureFault) return refusalOf(protocol, error);
    options.unexpected?.(error, request);
    return new ServiceError('InternalFailure', `The local cloud failed: ${(error as Error).message}`, 500);
  }

  return {
    handle,
    services,
    resume() {
      for (const service of Object.values(services)) service.resume();
    },
    snapshot: () => snapshotOf(services),
  };
}

/** By the signing name in the credential scope. */
function frontsOf(services: Services, world: World): Record<string, Front> {
  return {
    s3: { protocol: 'rest-xml', handle: createS3Wire(services.s3) },
    iam: { protocol: 'query', handle: createIamWire(services.iam) },
    sts: { protocol: 'query', handle: createStsWire(services.iam) },
    cloudformation: { protocol: 'query', handle: createCloudFormationWire(services.cloudformation) },
    ecs: { protocol: 'json', handle: createEcsWire(services.ecs) },
    events: { protocol: 'json', handle: createEventsWire(services.events) },
    logs: { protocol: 'json', handle: createLogsWire(services.logs) },
    ecr: { protocol: 'json', handle: createEcrWire(services.ecr) },
    ec2: { protocol: 'ec2', handle: createEc2Wire(services.ec2) },
    lambda: { protocol: 'rest-json', handle: createLambdaWire(services.lambda) },
    tagging: { protocol: 'json', handle: createTaggingWire(services, world) },
  };
}

function unsigned({ query }: WireRequest): Error {
  if (query.has('X-Amz-Signature')) {
    return new ServiceError('NotImplemented', 'The local cloud does not implement signatures in the query.', 501);
  }
  return new SignatureFault('missing', 'Access Denied: the request carries no AWS signature, version 4.');
}

function unknownService(name: string): never {
  const message = `The local cloud has no service "${name}".`;
  throw new ServiceError('NotImplemented', message, 501);
}

function health(services: Services): WireResponse {
  const body = JSON.stringify({ status: 'ok', pid: process.pid, services: Object.keys(services) });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function snapshotOf(services: Services): Required<CloudState> {
  const entries = Object.entries(services).map(([name, { state }]) => [name, state]);
  return Object.fromEntries(entries) as Required<CloudState>;
}
