import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { programDouble } from '../testing/program-double.ts';
import { saveContext } from './config.ts';
import { openInstallation } from './installation.ts';
import { listenerInTable } from './listener.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (address: string, state: string, uid: number) =>
  `   3: ${address}:11F7 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 4711 1 0 20 4 30 10 -1`;

describe('who listens on a port', () => {
  it.each([
    ['on the loopback', [row('0100007F', '0A', 1000)], 1000],
    ['on all addresses', [row('00000000', '0A', 0)], 0],
    ['on all addresses of IPv6, which has those of IPv4', [row('0'.repeat(32), '0A', 3)], 3],
    ['a connection does not', [row('0100007F', '01', 1000)], undefined],
    ['the loopback comes before all addresses', [row('00000000', '0A', 1), row('0100007F', '0A', 2)], 2],
    ['on another address is no matter', [row('0200007F', '0A', 1)], undefined],
    ['nobody', [], undefined],
  ])('%s', (_, rows, owner) => {
    expect(listenerInTable([heading, ...rows].join('\n'), 4599)).toBe(owner);
  });
});

/** A context of the local cloud, whose port `port` is. */
async function contextAt(port: number) {
  const program = programDouble();
  const context = { region: 'us-east-1', bucket: 'documents', installation: 'bbf' };
  const credentialsFile = `${program.directory}/credentials`;
  await saveContext(program.settings, 'local', { ...context, endpoint: `http://127.0.0.1:${port}`, credentialsFile });
  return program;
}

describe('the local cloud of a context', () => {
  it('is this user’s, or not there', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { settings } = await contextAt(port);
    expect((await openInstallation({ settings }, 'local')).contextName).toBe('local');
    await once(server.close(), 'close');
    expect((await openInstallation({ settings }, 'local')).contextName).toBe('local');
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0).each(['127.0.0.1', '0.0.0.0'])(
    'is not another user’s program on %s',
    async (host) => {
      const listen = `require('http').createServer().listen(0,'${host}',function(){console.log(this.address().port)})`;
      const child = spawn(process.execPath, ['-e', listen], {
        uid: 1234,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const [line] = await once(child.stdout, 'data');
      const { settings, directory } = await contextAt(Number(line));
      // An old file of the state, whose process is another program today.
      writeFileSync(`${directory}/cloud.json`, JSON.stringify({ pid: process.pid, port: Number(line) }));
      await expect(openInstallation({ settings }, 'local')).rejects.toMatchObject({
        exitCode: exitCodes.permission,
        message: expect.stringContaining(`127.0.0.1:${Number(line)}, where the local cloud of context local`),
        next: expect.stringContaining('bbf local up'),
      });
    },
  );
});
