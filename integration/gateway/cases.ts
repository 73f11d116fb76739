/** What every gateway does, whether it is a process or a container: stands before a farm, refuses, renews, ends. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { npmProgram, remoteFlags, type Workspace, workspace } from '../../local/farm/fixtures/bazel.ts';
import { startForwarder } from '../../local/farm/fixtures/forwarder.ts';
import { temporaryDirectory } from '../../local/farm/fixtures/temporary.ts';
import { createTestAuthority, type Names } from '../../local/farm/fixtures/test-authority.ts';
import { askCapabilities, portOf, say, sayPlain, serialAt, settingsAt } from './calls.ts';
import { type FarmBehindGateway, startFarmBehindGateway } from './farm-behind-gateway.ts';
import { fourFreePorts, type StartGateway } from './gateway.ts';
import { HELD, streamingBuild } from './streaming-build.ts';

const LONG_MS = 240_000;

/** Fifteen actions that need one another's outputs, one of which is of some size. */
const severalRules = `
[genrule(name = "g%d" % i, outs = ["g%d.txt" % i], cmd = "echo %d > $@" % i) for i in range(12)]
genrule(name = "sum", srcs = [":g%d" % i for i in range(12)], outs = ["sum.txt"], cmd = "cat $(SRCS) > $@")
genrule(name = "big", outs = ["big.bin"], cmd = "head -c 20000000 /dev/urandom > $@")
genrule(name = "size", srcs = [":big"], outs = ["size.txt"], cmd = "wc -c < $(location :big) > $@")
`;

/** Declares the tests. A change of authority is two renewals, and takes most of the time: it may be left to another kind of gateway. */
export function gatewayCases(startGateway: StartGateway, { rotation = true } = {}): void {
  let behind: FarmBehindGateway;
  let api: string;
  let space: Workspace;
  beforeAll(async () => {
    behind = await startFarmBehindGateway(startGateway);
    api = `${behind.farm.address}:8980`;
    const program = npmProgram();
    space = workspace(program, join(behind.farm.directory, 'bazel'), { BUILD: severalRules });
  }, LONG_MS);
  afterAll(async () => {
    await space?.shutdown();
    await behind?.close();
  });

  /** Certificates of the cluster’s authority, or of another one that nobody trusts. */
  const shown = (names: Names) => behind.farm.authority.issue(names);
  const foreign = createTestAuthority('foreign');
  const trusting = () => ({ authorities: behind.farm.authority.certificate });

  describe('a build through the gateway', () => {
    it('runs on the worker, whose blobs and reports go through both gateways', { timeout: LONG_MS }, async () => {
      const { exitCode, output } = await space.run(['build', ...remoteFlags(behind.farm.forwarder.port), '//...']);
      expect(exitCode, output).toBe(0);
      expect(output).toMatch(/15 remote/);
    });

    it('is refused in words that Bazel shows', { timeout: LONG_MS }, async () => {
      const forwarder = await startForwarder({ host: behind.farm.address, port: 8980 }, shown({ role: 'worker' }));
      const flags = [`--remote_executor=grpc://127.0.0.1:${forwarder.port}`, '--remote_retries=0'];
      const { exitCode, output } = await space.run(['build', ...flags, '//:sum']);
      expect(exitCode).not.toBe(0);
      expect(output).toContain(
        "this port is for certificates of 'CN=bbf client main', and this one is of 'CN=bbf worker main'",
      );
      await forwarder.close();
    });
  });

  describe('the port for clients', () => {
    it('answers a client of its cluster', async () => {
      expect(await askCapabilities(api, shown({ role: 'client' }))).toBe('OK');
    });

    it('lets a MiB of an upload be on its way, where nginx by itself lets 64 KiB, and a build have a thousand calls', async () => {
      const { initialWindowSize, maxConcurrentStreams } = await settingsAt(api, shown({ role: 'client' }));
      expect([initialWindowSize, maxConcurrentStreams]).toEqual([1024 ** 2, 1024]);
    });

    const refusals: [who: string, tls: () => Parameters<typeof askCapabilities>[1], answer: RegExp][] = [
      ['who shows no certificate', trusting, /^16 .*without a client certificate/],
      [
        'a certificate of a foreign authority',
        () => ({ ...foreign.issue({ role: 'client' }), ...trusting() }),
        /^16 .*does not trust .*CN=bbf client main.*FAILED/,
      ],
      [
        'an expired one',
        () => shown({ role: 'client', expired: true }),
        /^16 .*certificate has expired.*bbf login --cluster=main gets/,
      ],
      [
        'another cluster’s',
        () => shown({ role: 'client', cluster: 'other' }),
        /^7 .*CN=bbf client main.*CN=bbf client other/,
      ],
      ['a worker’s', () => shown({ role: 'worker' }), /^7 .*of 'CN=bbf worker main'/],
      ['a server’s', () => shown({ role: 'server' }), /^7 .*of 'CN=bbf server main'/],
    ];
    it.each(refusals)('refuses %s, and says why', async (_who, tls, answer) => {
      expect(await askCapabilities(api, tls())).toMatch(answer);
    });
  });

  describe('the ports for workers', () => {
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
    const hears = (tls: Parameters<typeof say>[1]) => say(`${behind.farm.address}:8982`, tls, preface);

    it('carry what a worker says, and close on everybody else', async () => {
      expect(await hears(shown({ role: 'worker' }))).not.toBe('closed');
      expect(await hears(shown({ role: 'client' }))).toBe('closed');
      expect(await hears(shown({ role: 'worker', cluster: 'other' }))).toBe('closed');
      expect(await hears({ ...foreign.issue({ role: 'worker' }), ...trusting() })).toBe('closed');
      expect(await hears(trusting())).toBe('closed');
      expect(behind.gateway.log()).toMatch(/refused 127\.0\.0\.1 at port 8982, .*: CN=bbf client main/);
    });
  });

  describe('health', () => {
    it('is answered on loopback by both kinds', async () => {
      expect(await sayPlain(behind.gateway.healthPort, '')).toBe('ok\n');
      expect(await sayPlain(behind.workerGateway.healthPort, '')).toBe('ok\n');
    });
  });

  describe('while Bazel builds', () => {
    const rounds = (text: string, words: string) => text.split(words).length - 1;

    /** Runs `change` while actions run and outputs are fetched. */
    async function changed(name: string, retries: number, change: () => Promise<void>): Promise<void> {
      const { farm } = behind;
      const build = streamingBuild(join(farm.directory, `marks-${name}`));
      mkdirSync(join(space.directory, name));
      writeFileSync(join(space.directory, name, 'BUILD'), build.rules);
      const flags = [...remoteFlags(farm.forwarder.port), `--remote_retries=${retries}`];
      const running = space.run(['build', ...flags, `//${name}:all`]);
      await expect.poll(build.begun, { timeout: 60_000 }).toBe(HELD);
      await change();
      build.go();
      const { exitCode, output } = await running;
      expect(exitCode, output).toBe(0);
      // Begun once each: their Execute streams went on, and no worker was lost.
      expect(build.begun()).toBe(HELD);
    }

    it('a renewed certificate is shown to new connections, and no stream is dropped', {
      timeout: LONG_MS,
    }, async () => {
      const { farm, gateway, workerGateway } = behind;
      // Bazel forgives nothing: one stream that is dropped fails the build.
      await changed('renewal', 0, async () => {
        const before = await serialAt(api, shown({ role: 'client' }));
        for (let round = 1; round <= 3; round += 1) {
          gateway.setTls(farm.authority.issue({ role: 'server' }));
          workerGateway.setTls(farm.authority.issue({ role: 'worker' }));
          await expect.poll(() => rounds(gateway.log(), 'the certificate is new')).toBe(round);
          await expect.poll(() => rounds(workerGateway.log(), 'certificates are new')).toBe(round);
        }
        expect(await serialAt(api, shown({ role: 'client' }))).not.toBe(before);
      });
    });

    it.runIf(rotation)('an authority is replaced, and no build fails', { timeout: LONG_MS }, async () => {
      const { farm, gateway, workerGateway } = behind;
      const { address, authority } = farm;
      const next = createTestAuthority('next');
      const both = { authorities: authority.certificate + next.certificate };
      await changed('rotation', 12, async () => {
        // All trust both; then all have certificates of the new one. Bazel may need another connection after each.
        farm.forwarder.setTls({ ...authority.issue({ role: 'client' }), ...both });
        for (const { issue } of [authority, next]) {
          const logs = [gateway.log, workerGateway.log];
          const news = () => logs.map((log) => rounds(log(), ' new: '));
          const before = news();
          gateway.setTls({ ...issue({ role: 'server' }), ...both });
          workerGateway.setTls({ ...issue({ role: 'worker' }), ...both });
          await expect.poll(news).toEqual(before.map((count) => count + 1));
        }
        expect(await askCapabilities(`${address}:8980`, { ...next.issue({ role: 'client' }), ...both })).toBe('OK');
      });
    });
  });

  describe('a gateway that is told to end', () => {
    it('waits for the connection that is open, and takes no other', { timeout: LONG_MS }, async () => {
      const authority = createTestAuthority();
      const address = '127.0.0.1';
      const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
      await once(echo.listen(0, address), 'listening');
      const [outerPorts, workersPorts] = [await fourFreePorts(), await fourFreePorts()];
      const innerPorts = [1, portOf(echo.address()), 1, 1] as const;
      const directory = temporaryDirectory();
      const common = { address, outerPorts };
      const gateway = await startGateway({
        ...common,
        kind: 'server',
        directory: join(directory, 'server'),
        innerPorts,
      });
      const beside = await startGateway({
        ...common,
        kind: 'worker',
        directory: join(directory, 'worker'),
        innerPorts: workersPorts,
      });
      onTestFinished(async () => {
        await Promise.all([gateway.close(), beside.close()]);
        echo.close();
      });
      gateway.setTls(authority.issue({ role: 'server' }));
      beside.setTls(authority.issue({ role: 'worker' }));
      beside.setServer(address);
      for (const { healthPort } of [gateway, beside]) await expect.poll(() => sayPlain(healthPort, '')).toBe('ok\n');

      const socket = connect(workersPorts[1], address);
      const heard = async (text: string) => {
        socket.write(text);
        expect(String((await once(socket, 'data'))[0])).toBe(text);
      };
      await heard('before');
      gateway.terminate();
      await expect.poll(gateway.log).toMatch(/told to end/);
      const client = authority.issue({ role: 'client' });
      await expect.poll(() => askCapabilities(`${address}:${outerPorts[0]}`, client)).toMatch(/ECONNREFUSED/);
      await heard('after');
      expect(gateway.hasEnded()).toBe(false);
      socket.destroy();
      expect(await gateway.exited).toBe(0);
      expect(gateway.log()).toMatch(/ended$/m);
    });
  });
}
