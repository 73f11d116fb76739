/** Operations on functions: create, read, change, delete. */
import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  ListFunctionsCommandInput,
} from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { readCode, releaseCode, storeCode } from './code.ts';
import { describeFunction } from './describe-function.ts';
import { createFunctionUpdates } from './function-updates.ts';
import { checkRole } from './role-session.ts';
import { configure } from './settings.ts';
import { findFunction, functionArn, invalid, type LambdaFunction, type LambdaParts } from './state.ts';

/** How long a new or changed function is not yet ready. On AWS a second or more; here just long enough to be seen. */
const ACTIVATION_MS = 100;

type Named = { FunctionName: string | undefined };

export function createFunctions(parts: LambdaParts) {
  const { world, state, runtime } = parts;
  const describe = (lambda: LambdaFunction) => describeFunction(lambda, world.now());

  function createFunction(input: CreateFunctionCommandInput): FunctionConfiguration {
    const name = checkedName(input.FunctionName);
    if (state.functions[name])
      throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
    if (input.PackageType === 'Image') throw invalid('The local cloud runs zip packages only, not container images.');
    const configuration = configure(name, input);
    checkRole(parts, name, configuration.role);
    const lambda: LambdaFunction = {
      ...configuration,
      ...storeCode(parts, readCode(parts, input.Code)),
      name,
      arn: functionArn(world, name),
      architecture: input.Architectures?.[0] ?? 'x86_64',
      tags: input.Tags ?? {},
      revisionId: world.uuid(),
      modifiedAt: world.now(),
      readyAt: world.now() + ACTIVATION_MS,
      created: true,
      policy: [],
    };
    state.functions[name] = lambda;
    world.changed('lambda');
    return describe(lambda);
  }
  function deleteFunction(input: Named): void {
    const lambda = findFunction(parts, input.FunctionName);
    delete state.functions[lambda.name];
    releaseCode(parts, lambda.codeSha256);
    runtime.retire(lambda.name);
    world.changed('lambda');
  }
  function getFunction(input: Named) {
    const lambda = findFunction(parts, input.FunctionName);
    const { reservedConcurrency, tags } = lambda;
    return {
      Configuration: describe(lambda),
      Code: { RepositoryType: 'S3' },
      Tags: tags,
      ...(reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    };
  }
  function listFunctions({ MaxItems = 50, Marker }: ListFunctionsCommandInput) {
    const all = Object.values(state.functions).sort((a, b) => (a.name < b.name ? -1 : 1));
    const from = Marker ? all.findIndex(({ name }) => name > Marker) : 0;
    const found = from < 0 ? [] : all.slice(from, from + MaxItems);
    const more = from >= 0 && from + MaxItems < all.length;
    return { Functions: found.map(describe), NextMarker: more ? found.at(-1)?.name : undefined };
  }
  return {
    createFunction,
    ...createFunctionUpdates(parts, ACTIVATION_MS),
    deleteFunction,
    getFunction,
    getFunctionConfiguration: (input: Named) => describe(findFunction(parts, input.FunctionName)),
    listFunctions,
  };
}

function checkedName(name: string | undefined): string {
  if (name && /^[a-zA-Z0-9-_]{1,64}$/.test(name)) return name;
  throw invalid(
    `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must be 1 to 64 of the characters [a-zA-Z0-9-_]`,
  );
}
