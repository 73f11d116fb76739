/** AWS::Lambda::Function, as CloudFormation drives it. */
import type { CreateFunctionCommandInput, FunctionCode } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { ResourceContext, ResourceProvider } from '../kernel.ts';
import type { createFunctions } from './functions.ts';
import type { createLimits } from './limits.ts';
import { findFunction, functionArn, type LambdaParts } from './state.ts';

export type FunctionOperations = ReturnType<typeof createFunctions> & ReturnType<typeof createLimits>;
type Properties = Record<string, unknown>;

export function createFunctionProvider(lambda: FunctionOperations, parts: LambdaParts): ResourceProvider {
  const outcome = (name: string) => ({ physicalId: name, attributes: { Arn: functionArn(parts.world, name) } });
  function reserve(name: string, { ReservedConcurrentExecutions: reserved }: Properties): void {
    if (reserved === undefined) lambda.deleteFunctionConcurrency({ FunctionName: name });
    else lambda.putFunctionConcurrency({ FunctionName: name, ReservedConcurrentExecutions: Number(reserved) });
  }
  return {
    type: 'AWS::Lambda::Function',
    replacedBy: ['FunctionName', 'PackageType'],
    create(properties, context) {
      const name = String(properties.FunctionName ?? context.generatedName(64));
      lambda.createFunction({ ...inputOf(properties, context), FunctionName: name } as CreateFunctionCommandInput);
      reserve(name, properties);
      return outcome(name);
    },
    update(name, before, after, context) {
      if (before.FunctionName !== after.FunctionName || before.PackageType !== after.PackageType) return 'replace';
      const input = inputOf(after, context);
      if (JSON.stringify(before.Code) !== JSON.stringify(after.Code)) {
        lambda.updateFunctionCode({ FunctionName: name, ...input.Code });
        // The engine makes one change of the resource out of two: the second need not wait for the first.
        findFunction(parts, name).readyAt = parts.world.now();
      }
      lambda.updateFunctionConfiguration({ ...unsaid, ...input, FunctionName: name });
      findFunction(parts, name).tags = input.Tags;
      reserve(name, after);
      return outcome(name);
    },
    delete(name) {
      if (parts.state.functions[name]) lambda.deleteFunction({ FunctionName: name });
    },
    stability: (name) => ({
      state: parts.world.now() >= (parts.state.functions[name]?.readyAt ?? 0) ? 'stable' : 'pending',
    }),
  };
}

/** What a template no longer says goes back to its default. */
const unsaid = {
  Timeout: 3,
  MemorySize: 128,
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
};

function inputOf(properties: Properties, context: ResourceContext) {
  const { Code, Tags, Timeout, MemorySize, Environment, ...rest } = properties;
  const tags = (Tags ?? []) as { Key: string; Value: string }[];
  return {
    ...rest,
    Code: codeOf((Code ?? {}) as Record<string, string>),
    Tags: { ...context.tags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) },
    // Templates may write numbers as text, and values of the environment as numbers.
    ...(Timeout === undefined ? {} : { Timeout: Number(Timeout) }),
    ...(MemorySize === undefined ? {} : { MemorySize: Number(MemorySize) }),
    ...(Environment === undefined ? {} : { Environment: { Variables: texts(Environment) } }),
  };
}

/** In a template `ZipFile` is source text, which CloudFormation packs as `index.js`. */
function codeOf({ ZipFile, ...fromS3 }: Record<string, string>): FunctionCode {
  if (ZipFile === undefined) return fromS3;
  return { ZipFile: zipSync({ 'index.js': [strToU8(ZipFile), { mtime: new Date(1980, 0, 1) }] }) };
}

function texts(environment: unknown): Record<string, string> {
  const { Variables = {} } = environment as { Variables?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, String(value)]));
}
