/** Checks a function's configuration against Lambda's limits and fills in its defaults. */
import type { CreateFunctionCommandInput, UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda';
import { invalid, type LambdaFunction } from './state.ts';

type Configuration = Pick<
  LambdaFunction,
  | 'runtime'
  | 'handler'
  | 'role'
  | 'timeoutSeconds'
  | 'memoryMiB'
  | 'environment'
  | 'description'
  | 'ephemeralStorageMiB'
  | 'logGroup'
>;

/** Defaults of CreateFunction (Lambda API reference). */
const defaults = { timeoutSeconds: 3, memoryMiB: 128, description: '', ephemeralStorageMiB: 512, environment: {} };

/** Runtimes of Node.js that the local cloud can stand in for: all run on the Node.js that runs the cloud. */
const runtimes = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
/** Lambda sets these itself (Lambda developer guide, "Using environment variables"). */
const reservedVariables = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];
const MAX_ENVIRONMENT_BYTES = 4096;

type Input = Partial<CreateFunctionCommandInput> & Partial<UpdateFunctionConfigurationCommandInput>;

/** The configuration after `input`; what the input leaves out stays as it was. */
export function configure(name: string, input: Input, before: Partial<Configuration> = {}): Configuration {
  const after = { ...defaults, logGroup: `/aws/lambda/${name}`, ...before, ...given(input) };
  const { runtime, handler, role } = after;
  if (!runtime || !runtimes.includes(runtime)) throw invalid(unsupportedRuntime(runtime));
  if (!handler || !/^[^\s]{1,128}$/.test(handler))
    throw invalid(`Value '${handler}' at 'handler' is not a handler: FILE.EXPORT.`);
  if (!role || !/^arn:aws[\w-]*:iam::\d{12}:role\/./.test(role))
    throw invalid(
      `1 validation error detected: Value '${role}' at 'role' failed to satisfy constraint: Member must be the ARN of a role`,
    );
  within('timeout', after.timeoutSeconds, 1, 900);
  within('memorySize', after.memoryMiB, 128, 10_240);
  within('ephemeralStorage.size', after.ephemeralStorageMiB, 512, 10_240);
  checkEnvironment(after.environment);
  return { ...after, runtime, handler, role };
}

function given(input: Input): Partial<Configuration> {
  const all: { [Member in keyof Configuration]: Configuration[Member] | undefined } = {
    runtime: input.Runtime,
    handler: input.Handler,
    role: input.Role,
    timeoutSeconds: input.Timeout,
    memoryMiB: input.MemorySize,
    environment: input.Environment ? (input.Environment.Variables ?? {}) : undefined,
    description: input.Description,
    ephemeralStorageMiB: input.EphemeralStorage?.Size,
    logGroup: input.LoggingConfig?.LogGroup,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function unsupportedRuntime(runtime: string | undefined): string {
  return `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(', ')}]`;
}

function within(name: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  const rule = value > to ? `less than or equal to ${to}` : `an integer greater than or equal to ${from}`;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${rule}`,
  );
}

function checkEnvironment(variables: Record<string, string>): void {
  const text = JSON.stringify(variables);
  const refusal =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  if (Buffer.byteLength(text) > MAX_ENVIRONMENT_BYTES)
    throw invalid(`${refusal} exceeded the 4KB limit. String measured: ${text}`);
  const reserved = Object.keys(variables).filter((name) => reservedVariables.includes(name));
  if (reserved.length > 0)
    throw invalid(
      `${refusal} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  const unusable = Object.keys(variables).find((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (unusable !== undefined)
    throw invalid(`Environment variable name '${unusable}' must match [a-zA-Z]([a-zA-Z0-9_])+.`);
}
