/** Operations on how often and how long a function is tried: reserved concurrency and asynchronous retries. */
import type {
  PutFunctionConcurrencyCommandInput,
  PutFunctionEventInvokeConfigCommandInput,
} from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { findFunction, invalid, type LambdaFunction, type LambdaParts } from './state.ts';

type OnFunction = { FunctionName: string | undefined };

export function createLimits(parts: LambdaParts) {
  const changed = () => parts.world.changed('lambda');
  return {
    putFunctionConcurrency(input: PutFunctionConcurrencyCommandInput) {
      const lambda = findFunction(parts, input.FunctionName);
      const reserved = input.ReservedConcurrentExecutions ?? -1;
      if (!Number.isInteger(reserved) || reserved < 0)
        throw invalid(`Reserved concurrency is zero or more, not ${reserved}.`);
      lambda.reservedConcurrency = reserved;
      changed();
      return { ReservedConcurrentExecutions: reserved };
    },
    getFunctionConcurrency(input: OnFunction) {
      return { ReservedConcurrentExecutions: findFunction(parts, input.FunctionName).reservedConcurrency };
    },
    deleteFunctionConcurrency(input: OnFunction): void {
      delete findFunction(parts, input.FunctionName).reservedConcurrency;
      changed();
    },
    putFunctionEventInvokeConfig(input: PutFunctionEventInvokeConfigCommandInput) {
      const lambda = findFunction(parts, input.FunctionName);
      const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age } = input;
      within('maximumRetryAttempts', retries, 0, 2);
      within('maximumEventAgeInSeconds', age, 60, 21_600);
      lambda.eventInvoke = {
        maximumRetryAttempts: retries,
        maximumEventAgeSeconds: age,
        modifiedAt: parts.world.now(),
      };
      changed();
      return described(lambda);
    },
    getFunctionEventInvokeConfig: (input: OnFunction) => described(findFunction(parts, input.FunctionName)),
    deleteFunctionEventInvokeConfig(input: OnFunction): void {
      const lambda = findFunction(parts, input.FunctionName);
      described(lambda);
      delete lambda.eventInvoke;
      changed();
    },
  };
}

function within(name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must be from ${from} to ${to}`,
  );
}

function described({ arn, name, eventInvoke }: LambdaFunction) {
  if (!eventInvoke)
    throw new ServiceError('ResourceNotFoundException', `The function ${name} doesn't have an EventInvokeConfig`, 404);
  return {
    FunctionArn: `${arn}:$LATEST`,
    LastModified: new Date(eventInvoke.modifiedAt),
    MaximumRetryAttempts: eventInvoke.maximumRetryAttempts,
    MaximumEventAgeInSeconds: eventInvoke.maximumEventAgeSeconds,
  };
}
