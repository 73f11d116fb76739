/** Operations on the configuration of Function URLs. */
import type { CreateFunctionUrlConfigCommandInput, UpdateFunctionUrlConfigCommandInput } from '@aws-sdk/client-lambda';
import { ServiceError, type World } from '../kernel.ts';
import { type FunctionUrl, findFunction, invalid, type LambdaFunction, type LambdaParts } from './state.ts';

/** Paths of requests to Function URLs on the local cloud's port begin with this and the URL's id. */
export const URL_PATH = '/_lambda-url/';

type OnFunction = { FunctionName: string | undefined };

export function createUrls(parts: LambdaParts) {
  const { world } = parts;
  const now = () => new Date(world.now()).toISOString();
  const described = (lambda: LambdaFunction, url: FunctionUrl) => ({
    FunctionUrl: `${parts.urlBase}${URL_PATH}${url.id}/`,
    FunctionArn: lambda.arn,
    AuthType: url.authType,
    InvokeMode: url.invokeMode,
    Cors: url.cors,
    CreationTime: url.createdAt,
    LastModifiedTime: url.modifiedAt,
  });
  function urlOf(input: OnFunction): { lambda: LambdaFunction; url: FunctionUrl } {
    const lambda = findFunction(parts, input.FunctionName);
    if (lambda.url) return { lambda, url: lambda.url };
    throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
  }
  return {
    createFunctionUrlConfig(input: CreateFunctionUrlConfigCommandInput) {
      const lambda = findFunction(parts, input.FunctionName);
      if (lambda.url)
        throw new ServiceError(
          'ResourceConflictException',
          `Failed to create function url config for [functionArn = ${lambda.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
          409,
        );
      lambda.url = {
        id: urlId(world),
        authType: authType(input.AuthType),
        invokeMode: invokeMode(input.InvokeMode),
        cors: input.Cors,
        createdAt: now(),
        modifiedAt: now(),
      };
      world.changed('lambda');
      return described(lambda, lambda.url);
    },
    updateFunctionUrlConfig(input: UpdateFunctionUrlConfigCommandInput) {
      const { lambda, url } = urlOf(input);
      if (input.AuthType !== undefined) url.authType = authType(input.AuthType);
      if (input.InvokeMode !== undefined) url.invokeMode = invokeMode(input.InvokeMode);
      if (input.Cors !== undefined) url.cors = input.Cors;
      url.modifiedAt = now();
      world.changed('lambda');
      return described(lambda, url);
    },
    getFunctionUrlConfig(input: OnFunction) {
      const { lambda, url } = urlOf(input);
      return described(lambda, url);
    },
    deleteFunctionUrlConfig(input: OnFunction): void {
      delete urlOf(input).lambda.url;
      world.changed('lambda');
    },
  };
}

/** 32 lower-case letters and digits, as AWS makes them. */
function urlId(world: World): string {
  return Array.from({ length: 32 }, () => Math.floor(world.random() * 36).toString(36)).join('');
}

function authType(given: string | undefined): FunctionUrl['authType'] {
  if (given === 'AWS_IAM' || given === 'NONE') return given;
  throw invalid(
    `Value '${given}' at 'authType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, AWS_IAM]`,
  );
}

function invokeMode(given = 'BUFFERED'): string {
  if (given === 'BUFFERED') return given;
  throw invalid(`The local cloud answers Function URLs in mode BUFFERED only, not ${given}.`);
}
