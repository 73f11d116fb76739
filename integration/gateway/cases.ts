/** What every gateway does, whether it is a process or a container: stands before a farm, refuses, renews, ends. */
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bazels, remoteFlags, type Workspace, workspace } from '../../local/farm/fixtures/bazel.ts';
import { startForwarder } from '../../local/farm/fixtures/forwarder.ts';
import { temporaryDirectory } from '../../local/farm/fixtures/temporary.ts';
import { createTestAuthority, type Names } from '../../local/farm/fixtures/test-authority.ts';
import { askCapabilities, portOf, say, sayPlain, serialAt } from './calls.ts';
import { type FarmBehindGateway, startFarmBehindGateway } from './farm-behind-gateway.ts';
import { fourFreePorts, type StartGateway } from './gateway.ts';

const LONG_MS = 240_000;

/** Declares the tests. */
export function gatewayCases(startGateway: StartGateway): void {
  let behind: FarmBehindGateway;
  let api: string;
  beforeAll(async () => {
    behind = await startFarmBehindGateway(startGateway);
    api = `${behind.farm.address}:8980`;
  }, LONG_MS);
  afterAll(() => behind?.close());

  /** Certificates of the cluster’s authority, or of another one that nobody trusts. */
  const shown = (names: Names) => behind.farm.authority.issue(names);
  const foreign = createTestAuthority('foreign');
  const trusting = () => ({ authorities: behind.farm.authority.certificate });

  describe('a build through the gateway', () => {
    let space: Workspace;
    beforeAll(() => {
      const program = bazels.npm.program(join(behind.farm.directory, 'programs'));
      space = workspace(program ?? '', join(behind.farm.directory, 'bazel'), {
        BUILD: `
[genrule(name = "g%d" % i, outs = ["g%d.txt" % i], cmd = "echo %d > $@" % i) for i in range(12)]
genrule(name = "sum", srcs = [":g%d" % i for i in range(12)], outs = ["sum.txt"], cmd = "cat $(SRCS) > $@")
genrule(name = "big", outs = ["big.bin"], cmd = "head -c 20000000 /dev/urandom > $@")
genrule(name = "size", srcs = [":big"], outs = ["size.txt"], cmd = "wc -c < $(location :big) > $@")
`,
      });
    });
    afterAll(() => space?.shutdown());

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
        /^16 .*certificate has expired.*bbf login main/,
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

  describe('a renewed certificate', () => {
    it('is shown to new connections while no stream of a build is dropped', { timeout: LONG_MS }, async () => {
      const { farm, gateway, workerGateway } = behind;
      const marks = join(farm.directory, 'marks');
      mkdirSync(marks);
      const go = join(marks, 'go');
      const program = bazels.npm.program(join(farm.directory, 'programs'));
      const begun = (i: number) => `touch ${marks}/begun-${i}.$$$$`;
      const space = workspace(program ?? '', join(farm.directory, 'renewal'), {
        BUILD:
          [0, 1]
            .map(
              (i) =>
                `genrule(name = "held_${i}", outs = ["held_${i}.bin"], cmd = "${begun(i)}; while [ ! -e ${go} ]; do sleep 0.05; done; head -c 5000000 /dev/urandom > $@")`,
            )
            .join('\n') +
          '\n[genrule(name = "busy_%d" % i, outs = ["busy_%d.bin" % i], cmd = "sleep 0.1; head -c 300000 /dev/urandom > $@; echo " + str(i) + " >> $@") for i in range(150)]',
      });
      // Bazel shall forgive nothing: one stream that is dropped fails the build.
      const flags = [...remoteFlags(farm.forwarder.port), '--remote_retries=0'];
      const running = space.run(['build', ...flags, '//...']);
      await expect.poll(() => readdirSync(marks).length, { timeout: 60_000 }).toBe(2);
      const before = await serialAt(api, shown({ role: 'client' }));
      for (let round = 1; round <= 3; round += 1) {
        const said = (text: string) => text.split(' new: ').length - 1;
        gateway.setTls(farm.authority.issue({ role: 'server' }));
        workerGateway.setTls(farm.authority.issue({ role: 'worker' }));
        await expect.poll(() => [said(gateway.log()), said(workerGateway.log())]).toEqual([round, round]);
      }
      await expect.poll(() => serialAt(api, shown({ role: 'client' }))).not.toBe(before);
      writeFileSync(go, '');
      const { exitCode, output } = await running;
      expect(exitCode, output).toBe(0);
      // Begun once each: their Execute streams went on, and no worker was lost.
      expect(readdirSync(marks).filter((name) => name !== 'go')).toHaveLength(2);
      await space.shutdown();
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
