/** The program `farm-worker`: one worker of a pool, as an ECS task. */

import { keepCertificate } from '../../duties/certificate-renewal.ts';
import type { EndReason } from '../../duties/end.ts';
import { createLog } from '../../duties/log.ts';
import { runProgram } from '../../duties/program.ts';
import { taskIdentity } from '../../duties/task-metadata.ts';
import { taskProtection } from '../../duties/task-protection.ts';
import { farmEndpoint } from '../../reconciler/access/certificate-client.ts';
import { containerCredentials } from '../../reconciler/access/container-credentials.ts';
import { plainPorts } from './behind-gateway.ts';
import { agentHasDuties, obeyPause, tellMetrics, workerMetrics } from './beside-agent.ts';
import { roomFor, type WorkerSettings, workerSettings } from './settings.ts';
import { createFarmWorker, type FarmWorker } from './worker/farm-worker.ts';

const MOST_CACHE_BYTES = 10 * 1024 ** 3;

/** An hour for an action without a limit of its own, as other servers have it; outputs and logs that fit a small disk. */
const limits = { defaultTimeoutMs: 3_600_000, maxStreamBytes: 64 * 1024 ** 2, maxOutputBytes: 4 * 1024 ** 3 };

/** ECS kills a task 120 s after SIGTERM; and when the local cloud is gone, nobody waits for anything. */
const GRACE_MS = { signal: 100_000, 'end of stdin': 0, 'own decision': 0 };

async function start(settings: WorkerSettings) {
  const { cluster, pool, slots, platform, directory, region } = settings;
  const log = createLog({ program: 'farm-worker', cluster, pool });
  const { taskId } = await taskIdentity(settings.metadataUri);
  const target = { url: settings.accessUrl, region, credentials: containerCredentials(process.env), cluster };
  let running: FarmWorker | undefined;
  const besideAgent = agentHasDuties(process.env);
  const behindGateway = plainPorts(process.env);
  const certificates = behindGateway
    ? undefined
    : await keepCertificate(target, (material) => running?.setTls(material), log);
  const maxCacheBytes = roomFor(directory, 0.25, MOST_CACHE_BYTES);
  const worker = createFarmWorker({
    name: taskId,
    cluster,
    pool,
    platform,
    slots,
    directory,
    maxCacheBytes,
    limits,
    endpoint: () => (behindGateway ? Promise.resolve(`127.0.0.1:${behindGateway.worker}`) : farmEndpoint(target)),
    tls: certificates?.current,
    setProtection: settings.agentUri && !besideAgent ? taskProtection(settings.agentUri) : undefined,
    now: () => Date.now(),
    log,
  });
  running = worker;
  const metrics = besideAgent ? await tellMetrics(() => workerMetrics(worker.load())) : undefined;
  const pause = besideAgent ? obeyPause(process.env.BBF_WORK || '/work', () => worker.pause(), log) : undefined;
  return async (reason: EndReason) => {
    log('ending', { reason });
    pause?.stop();
    certificates?.stop();
    await worker.stop(GRACE_MS[reason]);
    // Whoever is silent may be at work.
    metrics?.close();
  };
}

await runProgram('farm-worker', () => start(workerSettings(process.env)));
