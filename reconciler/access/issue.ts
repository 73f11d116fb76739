/** From a caller's signing request to a certificate: who gets what, for how long. */
import type { KeyObject } from 'node:crypto';
import { parseOwnedName } from '../../templates/names.ts';
import type { Caller, CertificateRole } from './caller.ts';
import { commonNameOf } from './certificate-names.ts';
import type { Lives } from './lives.ts';
import { Refusal } from './refusal.ts';
import { bundleOf, type Signer } from './signer.ts';
import { publicKeyOfRequest } from './x509.ts';

export interface CertificateAnswer {
  certificate: string;
  authorities: string;
  notBefore: string;
  notAfter: string;
  role: CertificateRole;
}

/** One of the farm's own tasks, as ECS knows it. */
export interface FarmTask {
  /** Name of its service. */
  service: string;
  /**
   * Private and public; null while EC2 does not show the public one that it is to have. Asked for only where a certificate names them, as EC2
   * counts such questions for the whole account.
   */
  addresses(): Promise<string[] | null>;
}

export interface IssuePorts {
  signer: Signer;
  /** Tasks renew well before the longest life that a change of authority reckons with, and clients get no more. */
  lives: Lives;
  /** Null: ECS knows no such task, or it is stopping. */
  task(taskId: string): Promise<FarmTask | null>;
  /** Life of a client certificate, milliseconds; null where there is no such cluster. */
  clientTtlMs(cluster: string): Promise<number | null>;
  now(): number;
}

export interface IssueRequest {
  installation: string;
  caller: Caller;
  cluster: string;
  /** PEM. */
  csr: string;
}

const RSA_BITS = { min: 2_048, max: 4_096 };

/**
 * @throws Refusal when the request is bad, the cluster unknown, or the task not of that cluster
 */
export async function issueCertificate(
  request: IssueRequest,
  ports: IssuePorts,
): Promise<{ answer: CertificateAnswer; serial: string }> {
  const { caller, cluster } = request;
  const publicKey = acceptedKey(request.csr);
  const { ttlMs, addresses } =
    caller.role === 'client' ? await clientTerms(request, ports) : await taskTerms(request, ports);
  const now = ports.now();
  const notBefore = now - ports.lives.clockSkewMs;
  const names = { role: caller.role, cluster, arn: caller.arn, addresses };
  const profile = { commonName: commonNameOf(names), ...names, notBefore, notAfter: now + ttlMs };
  const signed = await ports.signer.sign(profile, { publicKey, csr: request.csr });
  const answer = {
    certificate: signed.certificate,
    authorities: bundleOf(await ports.signer.authorities()),
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(signed.notAfter).toISOString(),
    role: caller.role,
  };
  return { answer, serial: signed.serial };
}

interface Terms {
  ttlMs: number;
  addresses: string[];
}

async function clientTerms({ cluster }: IssueRequest, ports: IssuePorts): Promise<Terms> {
  const ttlMs = await ports.clientTtlMs(cluster);
  if (ttlMs === null)
    throw new Refusal(404, 'NoSuchCluster', `there is no cluster ${cluster}; bbf create ${cluster} makes it`);
  return { ttlMs: Math.min(ttlMs, ports.lives.certificateMs), addresses: [] };
}

/** A task speaks for its own cluster only, although all clusters of an installation share the roles. */
async function taskTerms({ installation, caller, cluster }: IssueRequest, ports: IssuePorts): Promise<Terms> {
  const task = await ports.task(caller.taskId ?? '');
  if (!task) {
    throw new Refusal(
      403,
      'NoSuchTask',
      `ECS runs no task ${caller.taskId}, so nobody may have its role; start a new task`,
    );
  }
  const owner = parseOwnedName(installation, task.service);
  const role = owner?.pool === undefined ? 'server' : 'worker';
  if (owner?.cluster !== cluster || role !== caller.role) {
    const message = `task ${caller.taskId} is of service ${task.service}, which is no ${caller.role} of cluster ${cluster}`;
    throw new Refusal(403, 'ForeignTask', message);
  }
  const addresses = caller.role === 'server' ? await task.addresses() : [];
  if (addresses) return { ttlMs: ports.lives.certificateMs, addresses };
  // The farm is where its first certificate says, for as long as the server lives.
  const message = `EC2 does not show the public address of task ${caller.taskId} yet; ask again in a moment`;
  throw new Refusal(503, 'NoPublicAddress', message);
}

function acceptedKey(csr: string): KeyObject {
  let key: KeyObject;
  try {
    key = publicKeyOfRequest(csr);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < RSA_BITS.min || bits > RSA_BITS.max) {
    throw badRequest(
      `its key is ${key.asymmetricKeyType} of ${bits} bits, not RSA of ${RSA_BITS.min} to ${RSA_BITS.max}`,
    );
  }
  if (key.asymmetricKeyDetails?.publicExponent !== 65_537n) throw badRequest('its public exponent is not 65537');
  return key;
}

const badRequest = (why: string) =>
  new Refusal(400, 'BadSigningRequest', `the certificate signing request is not accepted: ${why}`);
