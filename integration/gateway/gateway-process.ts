/** A gateway as a process of this machine: the image's own script and configuration, with the nginx that is installed here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsMaterial } from '../../duties/tls-material.ts';
import { freePorts } from '../free-ports.ts';
import { root } from '../programs.ts';

export interface GatewayStart {
  kind: 'server' | 'worker';
  cluster?: string;
  /** A folder of its own. */
  directory: string;
  /** Where the ports for others are: of this gateway itself, or, of a worker's gateway, of the server's. */
  address: string;
  outerPorts?: OuterPorts;
  /** Of loopback: build server, Redis, storage, and what is left. */
  innerPorts: InnerPorts;
  /** Instead of the image's. */
  images?: string;
}

export type OuterPorts = readonly [api: number, redis: number, storage: number, control: number];
export type InnerPorts = readonly [api: number, redis: number, storage: number, control: number];

export interface Gateway {
  process: ChildProcess;
  innerPorts: InnerPorts;
  healthPort: number;
  /** Everything it has written. */
  log(): string;
  /** What the agent does with new certificates: each file is replaced at once. */
  setTls(material: Partial<TlsMaterial>): void;
  /** What the agent of a worker does when the server has moved. */
  setServer(host: string): void;
  /** Resolves with the exit code once it has ended. */
  exited: Promise<number | null>;
  /** Ends it at once if it has not ended yet. */
  close(): Promise<void>;
}

const MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** What this machine lacks, or undefined. */
export function missingNginx(): string | undefined {
  if (existsSync('/usr/sbin/nginx') && existsSync(MODULE)) return undefined;
  return 'nginx with its stream module is not installed (apt-get install nginx-light libnginx-mod-stream)';
}

export const OUTER_PORTS: OuterPorts = [8980, 8981, 8982, 8983];

export async function freeInnerPorts(): Promise<InnerPorts> {
  const [api = 0, redis = 0, storage = 0, control = 0] = await freePorts(4);
  return [api, redis, storage, control];
}

const fileOf = { certificate: 'certificate.pem', key: 'key.pem', authorities: 'authorities.pem' } as const;

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Its folder is empty at first, so it waits until it is given certificates. */
export async function startGateway(start: GatewayStart): Promise<Gateway> {
  const { directory, innerPorts } = start;
  const [healthPort = 0] = await freePorts(1);
  mkdirSync(join(directory, 'tls'), { recursive: true });
  const logFile = join(directory, 'log');
  // nginx opens /dev/stderr by its name, which works for files and pipes but not for the sockets of Node.
  const output = openSync(logFile, 'a');
  const env = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    BBF_GATEWAY: start.kind,
    BBF_CLUSTER: start.cluster ?? 'main',
    BBF_RUN: directory,
    BBF_GATEWAY_ADDRESS: start.address,
    BBF_GATEWAY_OUTER_PORTS: (start.outerPorts ?? OUTER_PORTS).join(' '),
    BBF_GATEWAY_INNER_PORTS: innerPorts.join(' '),
    BBF_GATEWAY_HEALTH_PORT: String(healthPort),
  };
  const script = join(start.images ?? join(root, 'images', 'gateway'), 'gateway.sh');
  const child = spawn(script, [], { env, stdio: ['ignore', output, output] });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  return {
    process: child,
    innerPorts,
    healthPort,
    exited,
    log: () => readFileSync(logFile, 'utf8'),
    setTls(material) {
      for (const [part, text] of Object.entries(material))
        replaceFile(join(directory, 'tls', fileOf[part as keyof typeof fileOf]), text);
    },
    setServer: (host) => replaceFile(join(directory, 'server'), `${host}\n`),
    async close() {
      if (child.exitCode === null && child.signalCode === null) endNginx(directory, child);
      await exited;
    },
  };
}

/** Without the time that open connections would be given. */
function endNginx(directory: string, child: ChildProcess): void {
  const pid = /nginx is process (\d+)/g;
  const pids = [...readFileSync(join(directory, 'log'), 'utf8').matchAll(pid)];
  const last = Number(pids.at(-1)?.[1]);
  if (last > 0) process.kill(last, 'SIGTERM');
  else child.kill('SIGTERM');
}
