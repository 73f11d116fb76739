/** A task whose gateway does the TLS: which ports of its loopback carry plaintext. */
import type { CertificateRole } from '../../reconciler/access/caller.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A port says who calls: the gateway lets only certificates of that role through to it. */
export type PlainPorts = Readonly<Record<Exclude<CertificateRole, 'server'>, number>>;

const CLIENT_PORT = 8970;
const WORKER_PORT = 8972;

function portIn(environment: Environment, name: string, otherwise: number): number {
  const text = environment[name] || String(otherwise);
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${name} is ${JSON.stringify(text)}; expected a port from 1 to 65535`);
}

/**
 * Undefined where the program does its own TLS, as it does unless `BBF_TLS` is `gateway`.
 * @throws on any other value
 */
export function plainPorts(environment: Environment): PlainPorts | undefined {
  const { BBF_TLS } = environment;
  if (!BBF_TLS) return undefined;
  if (BBF_TLS !== 'gateway') throw new Error(`BBF_TLS is ${JSON.stringify(BBF_TLS)}; expected gateway, or nothing`);
  return {
    client: portIn(environment, 'BBF_CLIENT_PORT', CLIENT_PORT),
    worker: portIn(environment, 'BBF_WORKER_PORT', WORKER_PORT),
  };
}
