/** Lambda: functions, who may invoke them, their URLs, and their invocations, now or later. */
import { ServiceError } from '../kernel.ts';
import { createAsyncQueue } from './async-queue.ts';
import { createFunctions } from './functions.ts';
import { checkPayload, createInvocations, MAX_ASYNCHRONOUS_BYTES } from './invocation.ts';
import { createLimits } from './limits.ts';
import { createPermissions, serviceMayInvoke } from './permissions.ts';
import { createLambdaProviders } from './providers.ts';
import { findFunction, type LambdaOptions, type LambdaParts, restoreLambdaState } from './state.ts';
import { createUrlRequests } from './url-requests.ts';
import { createUrls, URL_PATH } from './urls.ts';

export type Lambda = ReturnType<typeof createLambda>;

export function createLambda({ saved, ...options }: LambdaOptions) {
  const parts: LambdaParts = { ...options, state: restoreLambdaState(saved) };
  const invocations = createInvocations(parts);
  const queue = createAsyncQueue(parts, invocations);

  /** Puts an event into the queue and gives its request id. */
  function invokeLater(functionName: string | undefined, payload: string): string {
    const lambda = findFunction(parts, functionName);
    checkPayload(payload, MAX_ASYNCHRONOUS_BYTES);
    return queue.accept(lambda.name, payload);
  }
  /** An asynchronous invocation by EventBridge on behalf of a rule, which the function's policy must permit. */
  function invokeForRule(call: { functionArn: string; payload: string; sourceArn: string }): void {
    const lambda = findFunction(parts, call.functionArn);
    if (!serviceMayInvoke(lambda, 'events.amazonaws.com', call.sourceArn))
      throw new ServiceError(
        'AccessDeniedException',
        `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${lambda.arn} for ${call.sourceArn}, because no resource-based policy allows the lambda:InvokeFunction action`,
        403,
      );
    invokeLater(lambda.name, call.payload);
  }
  const operations = {
    ...createFunctions(parts),
    ...createPermissions(parts),
    ...createUrls(parts),
    ...createLimits(parts),
  };
  return {
    state: parts.state,
    ...operations,
    invoke: invocations.invoke,
    invokeLater,
    invokeForRule,
    requestUrl: createUrlRequests(parts, invocations),
    urlPath: URL_PATH,
    providers: createLambdaProviders(operations, parts),
    resume: () => queue.resume(),
  };
}
