/** The program `farm-server`: the build server of one cluster, as an ECS task. */

import { activityOf, type ServerIdentity } from '../../duties/activity.ts';
import { reportActivity } from '../../duties/activity-report.ts';
import { type Bucket, createBucket } from '../../duties/bucket.ts';
import { type Certificates, keepCertificate } from '../../duties/certificate-renewal.ts';
import { endpointsOf } from '../../duties/endpoints.ts';
import { createLog, type Log } from '../../duties/log.ts';
import { drainingIn, followOrders, platformsIn } from '../../duties/orders.ts';
import { runProgram } from '../../duties/program.ts';
import { taskIdentity } from '../../duties/task-metadata.ts';
import { containerCredentials } from '../../reconciler/access/container-credentials.ts';
import { plainPorts } from './behind-gateway.ts';
import { agentHasDuties, serverMetrics, tellMetrics } from './beside-agent.ts';
import { createFarmServer, type FarmPorts, type FarmServer } from './server/farm-server.ts';
import { roomFor, type ServerSettings, serverSettings } from './settings.ts';

const MOST_BLOB_BYTES = 20 * 1024 ** 3;

async function start(settings: ServerSettings) {
  const { cluster, region, directory, port } = settings;
  const startedAt = Date.now();
  const log = createLog({ program: 'farm-server', cluster });
  const credentials = containerCredentials(process.env);
  const { taskId, address } = await taskIdentity(settings.metadataUri);
  const bucket = createBucket({ bucket: settings.bucket, region, credentials, endpoint: settings.endpoint });
  const target = { url: settings.accessUrl, region, credentials, cluster };
  let server: FarmServer | undefined;
  const behindGateway = plainPorts(process.env);
  let ports: FarmPorts;
  let certificates: Certificates | undefined;
  if (behindGateway) ports = { plainPorts: behindGateway };
  else {
    certificates = await keepCertificate(target, (material) => server?.setTls(material), log);
    ports = { address, port, tls: certificates.current };
  }
  const maxBlobBytes = roomFor(directory, 0.5, MOST_BLOB_BYTES);
  const farm = await createFarmServer({ cluster, directory, maxBlobBytes, ...ports });
  server = farm;
  // Behind a gateway it is the gateway that listens there.
  const endpoints = certificates
    ? endpointsOf(certificates.current.certificate, address, port)
    : { endpoint: `${address}:${port}` };
  log('listening', { ...endpoints, taskId });

  const endDuties = agentHasDuties(process.env)
    ? (await tellMetrics(() => serverMetrics(farm.demand()))).close
    : startDuties(settings, bucket, farm, { taskId, ...endpoints, startedAt }, log);
  const pools = followOrders(bucket, cluster, (status) => farm.setPools(platformsIn(status)), log);
  return async (reason: string) => {
    log('ending', { reason });
    endDuties();
    pools.stop();
    certificates?.stop();
    await farm.close();
  };
}

/** @returns what ends them */
function startDuties(
  { cluster }: ServerSettings,
  bucket: Bucket,
  farm: FarmServer,
  identity: ServerIdentity,
  log: Log,
): () => void {
  const current = () => {
    const demand = farm.demand();
    return activityOf(identity, demand, { ...farm.totals, requeued: demand.requeued }, Date.now());
  };
  const loops = [
    reportActivity(bucket, cluster, current, log),
    followOrders(bucket, cluster, (status) => farm.setDraining(drainingIn(status)), log),
  ];
  return () => {
    for (const loop of loops) loop.stop();
  };
}

await runProgram('farm-server', () => start(serverSettings(process.env)));
