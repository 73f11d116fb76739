/** The agent in a worker's task: its certificate, the way to the server, and when the worker may take work. */
import { keepCertificate } from '../../duties/certificate-renewal.ts';
import type { Log } from '../../duties/log.ts';
import { repeat } from '../../duties/repeat.ts';
import { taskIdentity } from '../../duties/task-metadata.ts';
import { taskProtection } from '../../duties/task-protection.ts';
import { farmEndpoint } from '../../reconciler/access/certificate-client.ts';
import type { CredentialSource } from '../../reconciler/aws/signed-request.ts';
import { WORKER_PORT } from '../../templates/farm-ports.ts';
import { ServerLink } from './server-link.ts';
import type { WorkerAgentSettings } from './settings.ts';
import { writeTls } from './shared-files.ts';
import { WorkerCare } from './worker-care.ts';
import { readLoad } from './worker-load.ts';
import { createWorkerSwitch } from './worker-switch.ts';

/** How soon an order is obeyed, and work seen. */
const LOOK_MS = 2_000;

/** @param end ends the task; @param lookMs of tests */
export async function startWorkerAgent(
  settings: WorkerAgentSettings,
  credentials: CredentialSource,
  log: Log,
  end: () => void,
  lookMs = LOOK_MS,
): Promise<{ stop(): Promise<void> }> {
  const { cluster, region, pool, slots, runDirectory } = settings;
  const { taskId, address } = await taskIdentity(settings.metadataUri);
  const target = { url: settings.accessUrl, region, credentials, cluster };
  const certificates = await keepCertificate(target, (material) => writeTls(runDirectory, material), log);
  writeTls(runDirectory, certificates.current);
  log('certificate written', { taskId });

  const care = new WorkerCare({
    worker: { name: taskId, pool, slots },
    link: new ServerLink({
      port: settings.port,
      runDirectory,
      endpoint: () => farmEndpoint(target),
      now: Date.now,
      log,
    }),
    switch: createWorkerSwitch(settings.workDirectory, `${address}:${WORKER_PORT}`),
    load: () => readLoad(settings.metricsUrl),
    setProtection: settings.agentUri ? taskProtection(settings.agentUri) : undefined,
    now: Date.now,
    log,
    end,
  });
  await care.begin();
  const looking = repeat('looking after the worker', lookMs, log, () => care.look());
  return {
    async stop() {
      looking.stop();
      certificates.stop();
      await care.end();
    },
  };
}
