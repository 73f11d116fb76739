/** The local farm as it stands on AWS: plaintext on loopback, a gateway beside the server and one beside the worker. */
import { join } from 'node:path';
import { eventually, startFarm, type TestFarm } from '../../local/farm/fixtures/farm.ts';
import type { Program } from '../../local/farm/fixtures/programs.ts';
import { fourFreePorts, type Gateway, type StartGateway } from './gateway.ts';

export interface FarmBehindGateway {
  farm: TestFarm;
  server: Program;
  /** Beside the server. */
  gateway: Gateway;
  /** Beside the worker. */
  workerGateway: Gateway;
  close(): Promise<void>;
}

/** Ready when the worker has come to the server, through both gateways. */
export async function startFarmBehindGateway(startGateway: StartGateway): Promise<FarmBehindGateway> {
  const farm = await startFarm();
  const { authority, address } = farm;
  const ports = await fourFreePorts();
  const workersPorts = await fourFreePorts();
  const gateway = await startGateway({
    kind: 'server',
    directory: join(farm.directory, 'run-server'),
    address,
    innerPorts: ports,
  });
  const workerGateway = await startGateway({
    kind: 'worker',
    directory: join(farm.directory, 'run-worker'),
    address,
    innerPorts: workersPorts,
  });
  const [client, , worker] = ports;
  const server = farm.startServer({
    BBF_TLS: 'gateway',
    BBF_CLIENT_PORT: String(client),
    BBF_WORKER_PORT: String(worker),
  });
  const w1 = farm.startWorker('w1', {
    slots: 4,
    environment: { BBF_TLS: 'gateway', BBF_WORKER_PORT: String(workersPorts[2]) },
  });
  gateway.setTls(authority.issue({ role: 'server' }));
  workerGateway.setTls(authority.issue({ role: 'worker' }));
  workerGateway.setServer(address);
  await eventually('the worker has come through both gateways', () => farm.activity()?.workers.length === 1).catch(
    (error: Error) => {
      error.message += `\n${gateway.log()}\n${workerGateway.log()}\n${server.output()}\n${w1.output()}`;
      throw error;
    },
  );
  return {
    farm,
    server,
    gateway,
    workerGateway,
    async close() {
      await Promise.all([gateway.close(), workerGateway.close()]);
      await farm.close();
    },
  };
}
