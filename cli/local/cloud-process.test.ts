import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { programDouble } from '../testing/program-double.ts';
import { isAlive, runningCloud } from './cloud-process.ts';

describe('a process', () => {
  it('is alive while it runs, and no longer when it has been waited for', async () => {
    expect(isAlive(process.pid)).toBe(true);
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is dead although nobody has waited for it', async () => {
    // The shell becomes a program that never asks after the child which the shell has started, and only then the child is ended.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    const file = (of: number | undefined, name: string) => readFileSync(`/proc/${of}/${name}`, 'utf8');
    await expect.poll(() => file(parent.pid, 'comm'), { timeout: 30_000 }).toBe('sleep\n');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => file(pid, 'stat'), { timeout: 30_000 }).toContain(' Z ');
    expect(isAlive(pid)).toBe(false);
  });
});

describe('the local cloud of a state directory', () => {
  /** A directory whose cloud was this process on a port where `answer` is given, before it may have been killed. */
  async function stateOf(status: number, answer: string) {
    const state = mkdtempSync(join(tmpdir(), 'bbf-state-'));
    const server = createServer((_request, response) => response.writeHead(status).end(answer));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      server.close();
      rmSync(state, { recursive: true });
    });
    const { port } = server.address() as AddressInfo;
    const startedAt = '2026-01-01T00:00:00Z';
    const said = { pid: process.pid, port, tasks: 'docker', startedAt };
    writeFileSync(join(state, 'cloud.json'), JSON.stringify(said));
    return { state, said };
  }

  it('runs when the process that it names answers', async () => {
    const { state, said } = await stateOf(200, JSON.stringify({ pid: process.pid }));
    expect(await runningCloud(state)).toEqual(said);
  });

  it('is told to programs as the others are', async () => {
    const { state, said } = await stateOf(200, JSON.stringify({ pid: process.pid }));
    const program = programDouble();
    onTestFinished(() => rmSync(program.directory, { recursive: true }));
    await dispatch(['local', 'status', `--state=${state}`, '--json'], program);
    expect(JSON.parse(program.stdout())).toEqual({ apiVersion: 'bbf/v1', kind: 'LocalStatus', ...said, state });
  });

  it.each([
    ['another cloud answers, while the number has gone to another program', 200, '{"pid":1}'],
    ['it is not ready yet', 503, 'The local cloud is starting.'],
    ['no cloud answers', 200, 'null'],
  ])('does not run when %s', async (_when, status, answer) => {
    expect(await runningCloud((await stateOf(status, answer)).state)).toBe(undefined);
  });

  it('is up and does not answer where its process is stopped', async () => {
    const state = mkdtempSync(join(tmpdir(), 'bbf-state-'));
    const code = `require('http').createServer(() => {}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ['-e', code, '--', state], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(state, { recursive: true });
    });
    const [line] = await once(child.stdout, 'data');
    const port = Number(line);
    writeFileSync(join(state, 'cloud.json'), JSON.stringify({ pid: child.pid, port }));
    const program = programDouble();
    for (const command of ['down', 'up'])
      await expect(dispatch(['local', command, `--state=${state}`], program)).rejects.toMatchObject({
        exitCode: exitCodes.unavailable,
        message: `the local cloud does not answer: process ${child.pid} has port ${port}, and says nothing`,
        next: expect.stringMatching(`^kill ${child.pid}, or kill -9 ${child.pid} `),
      });
  });

  const strange = (port: number) => ({
    exitCode: exitCodes.system,
    message: `port ${port} of 127.0.0.1 is used by another program`,
    next: `bbf local up --port=${port + 1} --state=/s/other`,
  });
  it.each([
    ['another program', 'hello', (port: number) => strange(port)],
    [
      'a cloud whose state is elsewhere, or lost',
      '{"pid":77}',
      (port: number) => ({
        exitCode: exitCodes.system,
        message: `port ${port} of 127.0.0.1 is used by a local cloud of another state, process 77`,
        next: `bbf local up --port=${port + 1} --state=/s/other; or, where its state is lost, kill 77 first`,
      }),
    ],
  ])('is not started on a port of %s, and says what to type for this state', async (_whose, answer, expected) => {
    const { said } = await stateOf(200, answer);
    const program = programDouble();
    onTestFinished(() => rmSync(program.directory, { recursive: true }));
    const line = ['local', 'up', `--port=${said.port}`, '--state=/s/other'];
    await expect(dispatch(line, program)).rejects.toMatchObject(expected(said.port));
  });
});
