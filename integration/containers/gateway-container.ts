/** A gateway as a container of its image, in the network of this machine, whose loopback it shares with the farm as in a task. */
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { onFarm } from '../../cli/local/farm-engine.ts';
import { freePorts } from '../free-ports.ts';
import { agentFolder, environmentOf, type Gateway, type GatewayStart } from '../gateway/gateway.ts';

interface GatewayContainer extends Gateway {
  /** What the health check of its image says. */
  healthy(): Promise<boolean>;
}

export async function startGatewayContainer(start: GatewayStart): Promise<GatewayContainer> {
  const [healthPort = 0] = await freePorts(1);
  const agent = agentFolder(start.directory);
  const pieces: string[] = [];
  const container: StartedTestContainer = await new GenericContainer(onFarm('gateway'))
    .withNetworkMode('host')
    .withEnvironment(environmentOf(start, healthPort))
    .withBindMounts([{ source: start.directory, target: '/run/bbf', mode: 'ro' }])
    .withLogConsumer((stream) => stream.on('data', (piece) => pieces.push(String(piece))))
    .start();
  const { container: containers } = await getContainerRuntimeClient();
  const handle = containers.getById(container.getId());
  let ended = false;
  const exited = handle.wait().then(({ StatusCode }: { StatusCode: number }) => {
    ended = true;
    return StatusCode;
  });
  return {
    ...agent,
    innerPorts: start.innerPorts,
    healthPort,
    exited,
    hasEnded: () => ended,
    terminate: () => void handle.kill({ signal: 'SIGTERM' }),
    healthy: async () => (await container.exec(['/gateway/healthy.sh'])).exitCode === 0,
    log: () => pieces.join(''),
    async close() {
      await handle.remove({ force: true });
      await exited;
    },
  };
}
