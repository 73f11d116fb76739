/** What the gateway's tests need of one, however it runs. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';
import { freePorts } from '../free-ports.ts';

export interface GatewayStart {
  kind: 'server' | 'worker';
  cluster?: string;
  /** A folder of its own. */
  directory: string;
  /** Where the ports for others are: of this gateway itself, or, of a worker's gateway, of the server's. */
  address: string;
  outerPorts?: Ports;
  /** Of loopback. */
  innerPorts: Ports;
  /** What open connections get after SIGTERM, instead of 110 s. */
  graceSeconds?: number;
  /** Instead of the image's. */
  images?: string;
}

/** Of the build server, of Redis, of the storage worker, of the agent. */
export type Ports = readonly [api: number, redis: number, storage: number, agent: number];

export interface Gateway {
  innerPorts: Ports;
  healthPort: number;
  /** Everything it has written. */
  log(): string;
  /** What the agent does with new certificates: each file is replaced at once. */
  setTls(material: Partial<TlsMaterial>): void;
  /** What the agent of a worker does when the server has moved. */
  setServer(host: string): void;
  /** As ECS does it first: SIGTERM. */
  terminate(): void;
  hasEnded(): boolean;
  /** Resolves with the exit code once it has ended. */
  exited: Promise<number | null>;
  /** Ends it at once if it has not ended yet. */
  close(): Promise<void>;
}

export type StartGateway = (start: GatewayStart) => Promise<Gateway>;

const OUTER_PORTS: Ports = [8980, 8981, 8982, 8983];

export async function fourFreePorts(): Promise<Ports> {
  const [api = 0, redis = 0, storage = 0, agent = 0] = await freePorts(4);
  return [api, redis, storage, agent];
}

const fileOf = { certificate: 'certificate.pem', key: 'key.pem', authorities: 'authorities.pem' } as const;

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The folder in the agent's place. */
export function agentFolder(directory: string): Pick<Gateway, 'setTls' | 'setServer'> {
  mkdirSync(join(directory, 'tls'), { recursive: true });
  return {
    setTls(material) {
      for (const [part, text] of Object.entries(material))
        replaceFile(join(directory, 'tls', fileOf[part as keyof typeof fileOf]), text);
    },
    setServer: (host) => replaceFile(join(directory, 'server'), `${host}\n`),
  };
}

/** Without `PATH` and `BBF_RUN`. */
export function environmentOf(start: GatewayStart, healthPort: number): Record<string, string> {
  return {
    BBF_GATEWAY: start.kind,
    BBF_CLUSTER: start.cluster ?? 'main',
    BBF_GATEWAY_ADDRESS: start.address,
    BBF_GATEWAY_OUTER_PORTS: (start.outerPorts ?? OUTER_PORTS).join(' '),
    BBF_GATEWAY_INNER_PORTS: start.innerPorts.join(' '),
    BBF_GATEWAY_HEALTH_PORT: String(healthPort),
    ...(start.graceSeconds === undefined ? {} : { BBF_GATEWAY_GRACE_SECONDS: String(start.graceSeconds) }),
  };
}
