/** Whether the far end of a loopback connection belongs to the user that runs bbf. Loopback ports ask nobody for a name, so the kernel's tables are read. */
import { execFile } from 'node:child_process';
import { promises as files } from 'node:fs';
import { promisify } from 'node:util';

/** Of the connection, seen from the one that asks to be let in. */
export interface Peer {
  address: string;
  port: number;
  /** The port that it is connected to. */
  toPort: number;
}

/** Linux reads /proc; elsewhere lsof is asked, which shows a user no sockets but their own. */
export async function isOwnPeer(peer: Peer): Promise<boolean> {
  return process.platform === 'linux' ? ownByProc(peer) : ownByLsof(peer);
}

async function ownByProc(peer: Peer): Promise<boolean> {
  const uid = process.getuid?.();
  // Java opens its sockets as IPv6 even for an IPv4 address, and those are in the other table.
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const owner = ownerInTable(await files.readFile(table, 'latin1').catch(() => ''), peer);
    if (owner !== undefined) return owner === uid;
  }
  return false;
}

const ESTABLISHED = '01';

/**
 * User id of the peer's socket; undefined where the table has none that is alive. A socket whose process has gone is listed with
 * user 0 and inode 0: taken at its word, anyone could write and leave, and pass for root.
 */
export function ownerInTable(table: string, peer: Peer): number | undefined {
  const local = `${hexAddress(peer.address)}:${hexPort(peer.port)}`;
  const remote = `:${hexPort(peer.toPort)}`;
  for (const line of table.split('\n').slice(1)) {
    const [, from = '', to = '', state, , , , uid, , inode] = line.trim().split(/\s+/);
    const sameSocket = from.endsWith(local) && to.endsWith(remote);
    if (sameSocket && state === ESTABLISHED && inode !== '0') return Number(uid);
  }
  return undefined;
}

/** The kernel prints the four bytes as one number of the machine's byte order; all that Node runs on is little-endian. */
function hexAddress(address: string): string {
  const bytes = address
    .replace(/^::ffff:/i, '')
    .split('.')
    .map(Number);
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

async function ownByLsof(peer: Peer): Promise<boolean> {
  const uid = String(process.getuid?.());
  const filter = ['-nP', '-a', '-u', uid, `-iTCP:${peer.port}`, '-sTCP:ESTABLISHED', '-Fn'];
  const { stdout } = await promisify(execFile)('lsof', filter).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .some((line) => line.startsWith('n') && line.endsWith(`:${peer.toPort}`) && line.includes(`:${peer.port}->`));
}
