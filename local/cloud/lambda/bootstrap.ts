/** The program of a function's process: loads the handler, then runs one invocation after another for its parent. */
import { takeOverConsole } from './bootstrap-console.ts';
import { type Handler, HandlerError, loadHandler } from './bootstrap-handler.ts';
import { type ChildMessage, type ChildOutcome, endMark, type InvokeMessage } from './bootstrap-protocol.ts';

const send = (message: ChildMessage) => process.send?.(message);

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  // Without its parent nobody could ask, and nobody would end this process.
  process.once('disconnect', () => process.exit(0));
  const setRequest = takeOverConsole();
  // A handler that can't be loaded fails each invocation with the reason.
  const loaded = await loadHandler(env.LAMBDA_TASK_ROOT ?? '.', env._HANDLER ?? '').catch((error: unknown) => ({
    error,
  }));
  process.on('message', async (message: InvokeMessage) => {
    setRequest(message.requestId);
    const outcome = await outcomeOf(loaded, message, env);
    send({ type: 'outcome', requestId: message.requestId, ...outcome });
    for (const stream of [process.stdout, process.stderr]) stream.write(`${endMark(message.requestId)}\n`);
  });
  send({ type: 'ready' });
}

async function outcomeOf(
  loaded: Handler | { error: unknown },
  message: InvokeMessage,
  env: NodeJS.ProcessEnv,
): Promise<ChildOutcome> {
  try {
    if ('error' in loaded) throw loaded.error;
    const result = await loaded(JSON.parse(message.payload), contextOf(message, env));
    return { payload: JSON.stringify(result ?? null), failed: false };
  } catch (error) {
    const described = describe(error);
    console.error(`Invoke Error \t${JSON.stringify(described)}`);
    return { payload: JSON.stringify(described), failed: true };
  }
}

/** Members: developer guide, "Using the Lambda context object to retrieve Node.js function information". */
function contextOf({ requestId, functionArn, deadlineAt }: InvokeMessage, env: NodeJS.ProcessEnv) {
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
}

function describe(thrown: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (thrown instanceof HandlerError) return { errorType: thrown.type, errorMessage: thrown.message, trace: [] };
  if (thrown instanceof Error)
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

await main(process.env);
