/**
 * Whose program answers at the local cloud's port. Anybody on the machine may listen there while it is down, and a port asks nobody for a name: it could
 * show documents, an authority and a farm of its own, so the kernel's table is read first, on Linux, where all users may read it.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { optionalText } from '../optional-text.ts';
import type { Context } from './config.ts';

const LISTENS = '0A';
const ROOT = 0;
/** What a connection to 127.0.0.1 may reach, as the kernel prints it: that address and all addresses, of IPv4 and of IPv6, which has both; the more exact ones first. */
const ADDRESSES = ['0100007F', '0000000000000000FFFF00000100007F', '00000000', '0'.repeat(32)];
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** @throws Failure (permission) where it is another user's, and not root's, who may do all anyway */
export function refuseStranger(contextName: string, { endpoint, credentialsFile }: Context): void {
  const own = process.getuid?.();
  // Only the local cloud's context has a file of its own.
  if (credentialsFile === undefined || endpoint === undefined || process.platform !== 'linux') return;
  const { port } = new URL(endpoint);
  if (holdsPort(dirname(credentialsFile), port, own)) return;
  const owner = listenerInTable(TABLES.map(optionalText).join('\n'), Number(port));
  if (owner === undefined || owner === own || owner === ROOT) return;
  throw new Failure(
    'permission',
    `at 127.0.0.1:${port}, where the local cloud of context ${contextName} was, a program of another user (${owner}) listens`,
    { next: `bbf local up --port=${Number(port) + 1}, which sets the context to it` },
  );
}

/** This user's cloud of this state runs, and so nobody else has its port. The kernel takes 10 ms to write its table, and this file is read in none. */
function holdsPort(state: string, port: string, own: number | undefined): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(join(state, 'cloud.json'), 'utf8')) as { pid?: unknown };
    const program = `/proc/${Number(pid)}`;
    const words = readFileSync(`${program}/cmdline`, 'latin1').split('\0');
    const said = (flag: string) => words[words.indexOf(flag) + 1];
    return statSync(program).uid === own && said('--port') === port && said('--state') === state;
  } catch {
    return false;
  }
}

/** User id of who listens on that port of the loopback; undefined where the table has nobody. */
export function listenerInTable(table: string, port: number): number | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const found = ADDRESSES.map((address) =>
    rows.find(([, local, , state]) => local === `${address}:${hex}` && state === LISTENS),
  ).find((row) => row !== undefined);
  return found === undefined ? undefined : Number(found[7]);
}
