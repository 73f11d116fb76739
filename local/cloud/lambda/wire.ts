/** Lambda's wire protocol: REST-JSON, the operation chosen by method and path. */
import type {
  AddPermissionCommandInput,
  CreateFunctionCommandInput,
  CreateFunctionUrlConfigCommandInput,
  PutFunctionConcurrencyCommandInput,
  PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
  UpdateFunctionUrlConfigCommandInput,
} from '@aws-sdk/client-lambda';
import { ServiceError, type WireHandler, type WireRequest, type WireResponse } from '../kernel.ts';
import { bodyText } from '../wire/answer.ts';
import { restJsonAnswer, restJsonError } from '../wire/rest-json.ts';
import type { Lambda } from './lambda.ts';
import { answerInvocation } from './wire-invoke.ts';

/** Members of the path and the query come as text, those of the body as JSON has them. */
type Input = Record<string, unknown>;
interface Route {
  method: string;
  path: RegExp;
  status: number;
  run(input: Input): unknown;
}

const FUNCTION = '/functions/(?<FunctionName>[^/]+)';

export function createLambdaWire(lambda: Lambda): WireHandler {
  const routes = routesOf(lambda);
  return async (request) => {
    try {
      return (await answerInvocation(lambda, request)) ?? (await answer(routes, request));
    } catch (error) {
      if (error instanceof ServiceError) return restJsonError(error);
      throw error;
    }
  };
}

async function answer(routes: Route[], request: WireRequest): Promise<WireResponse> {
  for (const { method, path, status, run } of routes) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (!match) continue;
    const result = run(inputOf(request, match.groups ?? {}));
    return status === 204 ? { status, headers: {}, body: '' } : restJsonAnswer(status, result ?? {});
  }
  const asked = `${request.method} ${request.path}`;
  throw new ServiceError('UnknownOperationException', `The local cloud does not implement ${asked} of Lambda.`, 404);
}

function inputOf(request: WireRequest, groups: Record<string, string>): Input {
  const text = bodyText(request);
  const named = Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]);
  return { ...Object.fromEntries(request.query), ...(text === '' ? {} : parsed(text)), ...Object.fromEntries(named) };
}

function parsed(text: string): Input {
  try {
    return JSON.parse(text) as Input;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new ServiceError('InvalidRequestContentException', message);
  }
}

function routesOf(lambda: Lambda): Route[] {
  const named = (input: Input) => ({ FunctionName: input.FunctionName as string });
  const route = (method: string, path: string, status: number, run: (input: Input) => unknown): Route => ({
    method,
    path: new RegExp(`^${path}/?$`),
    status,
    run,
  });
  return [
    route('POST', '/2015-03-31/functions', 201, (input) =>
      lambda.createFunction(withZip<CreateFunctionCommandInput>(input)),
    ),
    route('GET', '/2015-03-31/functions', 200, ({ MaxItems, ...input }) =>
      lambda.listFunctions(MaxItems === undefined ? input : { ...input, MaxItems: Number(MaxItems) }),
    ),
    route('GET', `/2015-03-31${FUNCTION}`, 200, (input) => lambda.getFunction(named(input))),
    route('DELETE', `/2015-03-31${FUNCTION}`, 204, (input) => lambda.deleteFunction(named(input))),
    route('GET', `/2015-03-31${FUNCTION}/configuration`, 200, (input) => lambda.getFunctionConfiguration(named(input))),
    route('PUT', `/2015-03-31${FUNCTION}/configuration`, 200, (input) =>
      lambda.updateFunctionConfiguration(input as unknown as UpdateFunctionConfigurationCommandInput),
    ),
    route('PUT', `/2015-03-31${FUNCTION}/code`, 200, (input) =>
      lambda.updateFunctionCode(withZip<UpdateFunctionCodeCommandInput>(input)),
    ),
    route('POST', `/2015-03-31${FUNCTION}/policy`, 201, (input) =>
      lambda.addPermission(input as unknown as AddPermissionCommandInput),
    ),
    route('GET', `/2015-03-31${FUNCTION}/policy`, 200, (input) => lambda.getPolicy(named(input))),
    route('DELETE', `/2015-03-31${FUNCTION}/policy/(?<StatementId>[^/]+)`, 204, (input) =>
      lambda.removePermission({ ...named(input), StatementId: input.StatementId as string }),
    ),
    ...urlRoutes(lambda, route, named),
    ...limitRoutes(lambda, route, named),
  ];
}

type MakeRoute = (method: string, path: string, status: number, run: (input: Input) => unknown) => Route;
type Named = (input: Input) => { FunctionName: string };

function urlRoutes(lambda: Lambda, route: MakeRoute, named: Named): Route[] {
  const path = `/2021-10-31${FUNCTION}/url`;
  return [
    route('POST', path, 201, (input) =>
      lambda.createFunctionUrlConfig(input as unknown as CreateFunctionUrlConfigCommandInput),
    ),
    route('PUT', path, 200, (input) =>
      lambda.updateFunctionUrlConfig(input as unknown as UpdateFunctionUrlConfigCommandInput),
    ),
    route('GET', path, 200, (input) => lambda.getFunctionUrlConfig(named(input))),
    route('DELETE', path, 204, (input) => lambda.deleteFunctionUrlConfig(named(input))),
  ];
}

function limitRoutes(lambda: Lambda, route: MakeRoute, named: Named): Route[] {
  const retries = `/2019-09-25${FUNCTION}/event-invoke-config`;
  return [
    route('PUT', retries, 200, (input) =>
      inSeconds(lambda.putFunctionEventInvokeConfig(input as unknown as PutFunctionEventInvokeConfigCommandInput)),
    ),
    route('GET', retries, 200, (input) => inSeconds(lambda.getFunctionEventInvokeConfig(named(input)))),
    route('DELETE', retries, 204, (input) => lambda.deleteFunctionEventInvokeConfig(named(input))),
    route('PUT', `/2017-10-31${FUNCTION}/concurrency`, 200, (input) =>
      lambda.putFunctionConcurrency(input as unknown as PutFunctionConcurrencyCommandInput),
    ),
    route('GET', `/2019-09-30${FUNCTION}/concurrency`, 200, (input) => lambda.getFunctionConcurrency(named(input))),
    route('DELETE', `/2017-10-31${FUNCTION}/concurrency`, 204, (input) =>
      lambda.deleteFunctionConcurrency(named(input)),
    ),
  ];
}

/** Bytes travel as base64. */
function withZip<T>(input: Input): T {
  const bytes = (value: unknown) => (typeof value === 'string' ? Buffer.from(value, 'base64') : undefined);
  const code = input.Code as { ZipFile?: unknown } | undefined;
  return {
    ...input,
    ...(input.ZipFile === undefined ? {} : { ZipFile: bytes(input.ZipFile) }),
    ...(code === undefined ? {} : { Code: { ...code, ZipFile: bytes(code.ZipFile) } }),
  } as T;
}

/** Instants travel as seconds since the epoch. */
const inSeconds = <T extends { LastModified: Date }>(answer: T) => ({
  ...answer,
  LastModified: answer.LastModified.getTime() / 1_000,
});
