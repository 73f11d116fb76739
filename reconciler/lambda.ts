/** The Lambda function: one handler for the events that wake the reconciler and for requests to its Function URL. */
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { ecsClusterName } from '../templates/names.ts';
import { RECONCILER_TIMEOUT_SECONDS } from '../templates/reconciler.ts';
import { accessPorts } from './access/document-ports.ts';
import { answerUrl, isUrlEvent } from './access/function-url.ts';
import { awsClients, awsPorts } from './aws/ports.ts';
import { farmTask } from './aws/tasks.ts';
import { dispatch } from './dispatch.ts';
import type { Invocation } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { mixtureIn, standAside } from './upgrade.ts';

interface LambdaContext {
  awsRequestId: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

const mixture = mixtureIn(process.env);
// What a mixture lacks would be missed before it can be told.
export const handler = mixture === null ? reconciler() : (event: unknown) => standAside(event, mixture);

function reconciler(): (event: unknown, context: LambdaContext) => Promise<unknown> {
  const settings = settingsFrom(process.env);
  const log = pino({ base: { version: settings.version } });
  const time = { now: Date.now, wait: async (ms: number) => void (await delay(ms)) };
  const clients = awsClients(settings.region);
  const ports = awsPorts(clients, settings, time, log);
  return async (event, context) => {
    const account = context.invokedFunctionArn.split(':')[4] ?? '';
    if (isUrlEvent(event)) {
      const { region, endpoint, publicAddresses } = settings;
      const ec2 = { region, endpoint, credentials: () => clients.ecs.config.credentials() };
      const task = (id: string) =>
        farmTask(clients.ecs, ec2, ecsClusterName(settings.installation), id, publicAddresses);
      const access = accessPorts({ documents: ports.documents, task, now: time.now, log });
      return answerUrl(event, { ...settings, account }, access);
    }
    const invocation: Invocation = {
      id: context.awsRequestId,
      deadline: time.now() + context.getRemainingTimeInMillis(),
      lifeMs: RECONCILER_TIMEOUT_SECONDS * 1000,
    };
    return dispatch(ports, settings, invocation, event);
  };
}
