/** The program `farm-server`: the build server of one cluster, as an ECS task. */

import { activityOf } from '../../duties/activity.ts';
import { reportActivity } from '../../duties/activity-report.ts';
import { createBucket } from '../../duties/bucket.ts';
import { keepCertificate } from '../../duties/certificate-renewal.ts';
import { followDrainingOrders } from '../../duties/draining-orders.ts';
import { createLog } from '../../duties/log.ts';
import { runProgram } from '../../duties/program.ts';
import { taskIdentity } from '../../duties/task-metadata.ts';
import { containerCredentials } from '../../reconciler/access/container-credentials.ts';
import { createFarmServer, type FarmServer } from './server/farm-server.ts';
import { roomFor, type ServerSettings, serverSettings } from './settings.ts';

const MOST_BLOB_BYTES = 20 * 1024 ** 3;

async function start(settings: ServerSettings) {
  const { cluster, region, directory, port } = settings;
  const startedAt = Date.now();
  const log = createLog({ program: 'farm-server', cluster });
  const credentials = containerCredentials(process.env);
  const { taskId, address } = await taskIdentity(settings.metadataUri);
  const target = { url: settings.accessUrl, region, credentials, cluster };
  let server: FarmServer | undefined;
  const certificates = await keepCertificate(target, (material) => server?.setTls(material), log);
  const maxBlobBytes = roomFor(directory, 0.5, MOST_BLOB_BYTES);
  const farm = await createFarmServer({ address, port, cluster, tls: certificates.current, directory, maxBlobBytes });
  server = farm;
  log('listening', { endpoint: `${address}:${farm.port}`, taskId });

  const bucket = createBucket({ bucket: settings.bucket, region, credentials, endpoint: settings.endpoint });
  const identity = { taskId, endpoint: `${address}:${farm.port}`, startedAt };
  const current = () => {
    const demand = farm.demand();
    return activityOf(identity, demand, { ...farm.totals, requeued: demand.requeued }, Date.now());
  };
  const loops = [
    reportActivity(bucket, cluster, current, log),
    followDrainingOrders(bucket, cluster, (workers) => farm.setDraining(workers), log),
  ];
  return async (reason: string) => {
    log('ending', { reason });
    for (const loop of [...loops, certificates]) loop.stop();
    await farm.close();
  };
}

await runProgram('farm-server', () => start(serverSettings(process.env)));
