/** Operations on functions: create, read, change, delete. */
import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  ListFunctionsCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { hashCode, readCode, releaseCode, storeCode } from './code.ts';
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
  /** Applies a change and ends the environments that know the function as it was. */
  function change(lambda: LambdaFunction, changes: Partial<LambdaFunction>): FunctionConfiguration {
    const now = world.now();
    Object.assign(lambda, changes, {
      revisionId: world.uuid(),
      modifiedAt: now,
      readyAt: now + ACTIVATION_MS,
      created: false,
    });
    runtime.retire(lambda.name);
    world.changed('lambda');
    return describe(lambda);
  }
  function updateFunctionCode(input: UpdateFunctionCodeCommandInput): FunctionConfiguration {
    const lambda = changeable(input);
    const zip = readCode(parts, input);
    if (input.DryRun) return describe({ ...lambda, ...hashCode(zip) });
    const before = lambda.codeSha256;
    const architecture = input.Architectures?.[0] ?? lambda.architecture;
    const answer = change(lambda, { ...storeCode(parts, zip), architecture });
    releaseCode(parts, before);
    return answer;
  }
  function updateFunctionConfiguration(input: UpdateFunctionConfigurationCommandInput): FunctionConfiguration {
    const lambda = changeable(input);
    return change(lambda, configure(lambda.name, input, lambda));
  }
  function changeable(input: Named & { RevisionId?: string | undefined }): LambdaFunction {
    const lambda = findFunction(parts, input.FunctionName);
    if (input.RevisionId && input.RevisionId !== lambda.revisionId)
      throw new ServiceError(
        'PreconditionFailedException',
        'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
        412,
      );
    if (world.now() < lambda.readyAt)
      throw new ServiceError(
        'ResourceConflictException',
        `The operation cannot be performed at this time. An update is in progress for resource: ${lambda.arn}`,
        409,
      );
    return lambda;
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
    updateFunctionCode,
    updateFunctionConfiguration,
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

export function describeFunction(lambda: LambdaFunction, now: number): FunctionConfiguration {
  const ready = now >= lambda.readyAt;
  const creating = lambda.created && !ready;
  return {
    FunctionName: lambda.name,
    FunctionArn: lambda.arn,
    Runtime: lambda.runtime as FunctionConfiguration['Runtime'],
    Role: lambda.role,
    Handler: lambda.handler,
    CodeSize: lambda.codeSize,
    Description: lambda.description,
    Timeout: lambda.timeoutSeconds,
    MemorySize: lambda.memoryMiB,
    LastModified: new Date(lambda.modifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: lambda.codeSha256,
    Version: '$LATEST',
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: lambda.revisionId,
    State: creating ? 'Pending' : 'Active',
    ...(creating ? { StateReason: 'The function is being created.', StateReasonCode: 'Creating' as const } : {}),
    LastUpdateStatus: ready || creating ? 'Successful' : 'InProgress',
    PackageType: 'Zip',
    Architectures: [lambda.architecture as 'x86_64'],
    EphemeralStorage: { Size: lambda.ephemeralStorageMiB },
    LoggingConfig: { LogFormat: 'Text', LogGroup: lambda.logGroup },
    ...(Object.keys(lambda.environment).length > 0 ? { Environment: { Variables: lambda.environment } } : {}),
  };
}
