import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { isOwnPeer, ownerInTable } from './peer.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (state: string, uid: number, inode: number) =>
  `   3: 0100007F:D431 0100007F:1267 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0 20 4 30 10 -1`;
const mapped = row('01', 7, 5).replaceAll('0100007F', '0000000000000000FFFF00000100007F');
const peer = { address: '127.0.0.1', port: 0xd431, toPort: 0x1267 };

const rows: [rule: string, table: string[], owner: number | undefined][] = [
  ['a living socket has an owner', [row('01', 1000, 4711)], 1000],
  ['root is an owner like any other', [row('01', 0, 4711)], 0],
  ['a socket without a process has none, whatever is said of its user', [row('01', 0, 0)], undefined],
  ['nor has one that is closed', [row('06', 0, 0), row('08', 0, 12)], undefined],
  ['IPv4 in the table of IPv6', [mapped], 7],
  [
    'our own end of the connection is not the peer',
    ['   4: 0100007F:1267 0100007F:D431 01 0:0 0:0 0  1000 0 99 1'],
    undefined,
  ],
  ['nobody', [], undefined],
];

describe('the owner of a peer', () => {
  it.each(rows)('%s', (_rule, table, owner) => {
    expect(ownerInTable([heading, ...table].join('\n'), peer)).toBe(owner);
  });

  it.each(['127.0.0.1', '::ffff:127.0.0.1'])('is this user for a real connection to %s', async (host) => {
    const server = net.createServer();
    server.listen(0, host);
    await once(server, 'listening');
    const toPort = (server.address() as net.AddressInfo).port;
    const client = net.connect(toPort, host);
    const [accepted] = (await once(server, 'connection')) as [net.Socket];
    const real = { address: accepted.remoteAddress ?? '', port: accepted.remotePort ?? 0, toPort };
    expect(await isOwnPeer(real)).toBe(true);
    expect(await isOwnPeer({ ...real, port: real.port - 1 })).toBe(false);
    client.destroy();
    accepted.destroy();
    server.close();
  });
});
