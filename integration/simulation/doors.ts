/** The two doors into the same world: the reconciler's own adapters over the state machines, or over real SDK clients and the wire. */
import type { AwsClients } from '../../reconciler/aws/ports.ts';
import { awsPorts } from '../../reconciler/aws/ports.ts';
import type { Log, Ports, Time } from '../../reconciler/ports.ts';
import { type Credentials, sdkClients } from '../contract/harness.ts';
import { sdkHandler } from '../contract/sdk-handler.ts';
import { directClients } from './direct-clients.ts';
import { BUCKET, DEFAULT_ENGINE, ENDPOINT, INSTALLATION } from './foundation.ts';
import type { SimulatedWorld } from './world.ts';

export const SETTINGS = {
  installation: INSTALLATION,
  defaultEngine: DEFAULT_ENGINE,
  publicAddresses: true,
  bucket: BUCKET,
  stackRoleArn: undefined,
};

/** Makes the ports of one Lambda environment: each has its own memory of documents, as on AWS. */
type OpenDoor = (time: Time, log: Log) => Ports;

export function openDoor(world: SimulatedWorld): OpenDoor {
  // Keys come from the world's chance, so they are made for either door.
  const credentials = world.cloud.services.iam.localCredentials();
  const clients = world.door === 'direct' ? directClients(world) : wireClients(world, credentials);
  return (time, log) => awsPorts(clients, SETTINGS, time, log);
}

/** One attempt for each call: lost and refused calls are the faults' affair, not chance's. */
function wireClients({ cloud, clock }: SimulatedWorld, credentials: Credentials): AwsClients {
  const clients = sdkClients({ endpoint: ENDPOINT, credentials, requestHandler: sdkHandler(cloud) });
  for (const client of Object.values(clients)) {
    (client.config as { systemClockOffset: number }).systemClockOffset = clock.now() - Date.now();
  }
  return clients;
}
