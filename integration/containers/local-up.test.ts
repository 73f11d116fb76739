import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOf } from '../end-to-end/cluster.ts';
import { expectSuccess, type Installation, newInstallation } from '../installation.ts';
import { missingEngine } from './engine-answer.ts';
import { containersOf, surroundingsOf } from './owned.ts';

const LONG_MS = 240_000;

describe.skipIf(missingEngine)('bbf local up --tasks=docker', () => {
  let installation: Installation;
  let up: string[];
  beforeAll(async () => {
    installation = await newInstallation();
    up = ['local', 'up', '--tasks=docker', `--port=${installation.port}`];
    await expectSuccess(installation.bbf(up));
    await expectSuccess(installation.bbf(['create', 'main']));
  }, LONG_MS);
  afterAll(() => installation?.stop());

  const containers = (format?: string) => containersOf(installation, format);

  it('says what its tasks are, and does not change them while it runs', async () => {
    const { stdout } = await expectSuccess(installation.bbf(['local', 'status', '--json']));
    expect(JSON.parse(stdout)).toMatchObject({ tasks: 'docker' });
    expect((await installation.bbf(up)).stdout).toMatch(/is up already/);
    const { code, stderr } = await installation.bbf([
      'local',
      'up',
      '--tasks=processes',
      `--port=${installation.port}`,
    ]);
    expect(code).toBe(73);
    expect(stderr).toMatch(
      /its tasks are docker, not processes[\s\S]*try: bbf local down, then bbf local up --tasks=processes/,
    );
  });

  it('has none of its old containers after SIGKILL, and none at all when it goes down', {
    timeout: LONG_MS,
  }, async () => {
    await expectSuccess(installation.bbf(['want', '--workers=1']));
    const before = containers('{{.ID}}');
    const { stdout } = await expectSuccess(installation.bbf(['local', 'status', '--json']));
    process.kill((JSON.parse(stdout) as { pid: number }).pid, 'SIGKILL');
    await expectSuccess(installation.bbf(up));
    const old = () => containers('{{.ID}}').filter((id) => before.includes(id));
    expect(before.length).toBeGreaterThanOrEqual(2);
    await expect.poll(old).toEqual([]);
    await expectSuccess(installation.bbf(['local', 'down']));
    expect([...containers(), ...surroundingsOf(installation)]).toEqual([]);
  });

  it('has the same cluster as processes the next time, once it has found their images', {
    timeout: LONG_MS,
  }, async () => {
    await expectSuccess(installation.bbf(['local', 'up', '--tasks=processes']));
    await expectSuccess(installation.bbf(['want', '--workers=1']));
    expect((await statusOf(installation)).endpoint).toMatch(/^127\./);
    expect(containers()).toEqual([]);
  });
});

describe('bbf local up --tasks=docker without an engine', () => {
  it('says so, and starts nothing', async () => {
    const installation = await newInstallation();
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const { code, stderr } = await installation.bbf(['local', 'up', '--tasks=docker'], { env });
    expect(code).toBe(69);
    expect(stderr).toMatch(/no Docker engine answers|docker is not installed/);
    expect(stderr).toMatch(/try: start Docker, or bbf local up --tasks=processes/);
    expect((await installation.bbf(['local', 'status'])).code).toBe(69);
    await installation.stop();
  });
});
