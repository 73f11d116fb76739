/** Operations that change a function's code or configuration. */
import type {
  FunctionConfiguration,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { hashCode, readCode, releaseCode, storeCode } from './code.ts';
import { describeFunction } from './describe-function.ts';
import { checkRole } from './role-session.ts';
import { configure } from './settings.ts';
import { findFunction, type LambdaFunction, type LambdaParts } from './state.ts';

/** @param activationMs how long a change is in progress */
export function createFunctionUpdates(parts: LambdaParts, activationMs: number) {
  const { world, runtime } = parts;

  /** Applies a change and ends the environments that know the function as it was. */
  function change(lambda: LambdaFunction, changes: Partial<LambdaFunction>): FunctionConfiguration {
    const now = world.now();
    Object.assign(lambda, changes, {
      revisionId: world.uuid(),
      modifiedAt: now,
      readyAt: now + activationMs,
      created: false,
    });
    runtime.retire(lambda.name);
    world.changed('lambda');
    return describeFunction(lambda, now);
  }
  function updateFunctionCode(input: UpdateFunctionCodeCommandInput): FunctionConfiguration {
    const lambda = changeable(input);
    const zip = readCode(parts, input);
    if (input.DryRun) return describeFunction({ ...lambda, ...hashCode(zip) }, world.now());
    const before = lambda.codeSha256;
    const architecture = input.Architectures?.[0] ?? lambda.architecture;
    const answer = change(lambda, { ...storeCode(parts, zip), architecture });
    releaseCode(parts, before);
    return answer;
  }
  function updateFunctionConfiguration(input: UpdateFunctionConfigurationCommandInput): FunctionConfiguration {
    const lambda = changeable(input);
    const configuration = configure(lambda.name, input, lambda);
    checkRole(parts, lambda.name, configuration.role);
    return change(lambda, configuration);
  }
  function changeable(input: { FunctionName: string | undefined; RevisionId?: string | undefined }): LambdaFunction {
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
  return { updateFunctionCode, updateFunctionConfiguration };
}
