/** The agent in a server's task: its certificate, the farm's activity, and the orders to its workers. */
import type { AddressInfo } from 'node:net';
import { activityOf } from '../../duties/activity.ts';
import { reportActivity } from '../../duties/activity-report.ts';
import { createBucket } from '../../duties/bucket.ts';
import { keepCertificate } from '../../duties/certificate-renewal.ts';
import { endpointsOf } from '../../duties/endpoints.ts';
import type { Log } from '../../duties/log.ts';
import { drainingIn, followOrders } from '../../duties/orders.ts';
import { taskIdentity } from '../../duties/task-metadata.ts';
import type { CredentialSource } from '../../reconciler/aws/signed-request.ts';
import { SERVER_PORT } from '../../templates/farm-ports.ts';
import { countsIn, FarmDemand } from './farm-demand.ts';
import { readMetrics } from './metrics.ts';
import { listenForReports } from './report-server.ts';
import type { ServerAgentSettings } from './settings.ts';
import { writeTls } from './shared-files.ts';
import { WorkerRegistry } from './worker-registry.ts';

interface Agent {
  /** Where workers report. */
  port: number;
  stop(): Promise<void>;
}

export async function startServerAgent(
  settings: ServerAgentSettings,
  credentials: CredentialSource,
  log: Log,
): Promise<Agent> {
  const { cluster, region, bucket: name, endpoint } = settings;
  const startedAt = Date.now();
  const { taskId, address } = await taskIdentity(settings.metadataUri);
  const registry = new WorkerRegistry();
  const reports = await listenForReports(settings.port, (report) => registry.report(report, Date.now()));
  const target = { url: settings.accessUrl, region, credentials, cluster };
  const certificates = await keepCertificate(target, (material) => writeTls(settings.runDirectory, material), log);
  writeTls(settings.runDirectory, certificates.current);
  const identity = { taskId, ...endpointsOf(certificates.current.certificate, address, SERVER_PORT), startedAt };
  log('certificate written', identity);

  const demand = new FarmDemand(startedAt);
  const current = async () => {
    const counts = countsIn(await readMetrics(settings.metricsUrl));
    const now = Date.now();
    return activityOf(identity, demand.of(counts, registry.workers(now), now), undefined, now);
  };
  const bucket = createBucket({ bucket: name, region, credentials, endpoint });
  const loops = [
    reportActivity(bucket, cluster, current, log),
    followOrders(bucket, cluster, (status) => registry.setDraining(drainingIn(status)), log),
    certificates,
  ];
  return {
    port: (reports.address() as AddressInfo).port,
    async stop() {
      for (const loop of loops) loop.stop();
      reports.close();
      reports.closeAllConnections();
    },
  };
}
