/** Where builds and workers reach a server: the addresses that its certificate names are those that its network interface has. */
import { X509Certificate } from 'node:crypto';

interface Endpoints {
  /** `host:port` for builds: the public address, where the task has one. */
  endpoint: string;
  /** `host:port` for the tasks of the farm: security groups know each other by private addresses only. */
  privateEndpoint: string;
}

/**
 * @param certificate PEM of the server's own certificate
 * @param address the task's own, as its metadata say
 */
export function endpointsOf(certificate: string, address: string, port: number): Endpoints {
  const names = new X509Certificate(certificate).subjectAltName ?? '';
  const addresses = [...names.matchAll(/IP Address:([^,\s]+)/g)].map(([, named]) => named as string);
  // One that leaves the task's own address out was made for something else.
  const other = addresses.includes(address) ? addresses.find((named) => named !== address) : undefined;
  return { endpoint: `${other ?? address}:${port}`, privateEndpoint: `${address}:${port}` };
}
