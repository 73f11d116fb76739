/** A function's configuration as the API shows it. */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { LambdaFunction } from './state.ts';

/** @param now milliseconds since the epoch */
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
