/** The agent's image, really built and really run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onFarm } from '../../cli/local/farm-engine.ts';
import { type FarmOfAgents, startFarmOfAgents } from '../farm-of-agents.ts';
import { until } from '../installation.ts';
import { expectImagesOfFarm, missingEngine } from './engine-answer.ts';

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' }).trim();

const isRunning = (container: string) => docker('inspect', '--format', '{{.State.Running}}', container) === 'true';
/** Both of its streams. */
const logsOf = (container: string) =>
  execFileSync('bash', ['-c', 'docker logs "$1" 2>&1', 'bash', container], { encoding: 'utf8' });

describe.skipIf(missingEngine)('the agent as a container', () => {
  let farm: FarmOfAgents;
  let container = '';

  beforeAll(async () => {
    expectImagesOfFarm();
    farm = await startFarmOfAgents();
    await farm.want(1);
  }, 300_000);
  afterAll(async () => {
    if (container) docker('rm', '--force', container);
    await farm?.end();
  });

  it('gets its certificate, reports the farm, and ends when it is told to', async () => {
    const { environment, runDirectory, metricsUrl, taskId, state } = await farm.prepareServer();
    mkdirSync(runDirectory, { recursive: true });
    const given = { ...environment, BBF_METRICS_URL: metricsUrl, BBF_AGENT_PORT: '0' };
    const user = `${process.getuid?.()}:${process.getgid?.()}`;
    container = docker(
      ...['run', '--detach', '--network', 'host', '--user', user, '--volume', `${runDirectory}:/run/bbf`],
      ...Object.entries(given).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      onFarm('agent'),
    );
    state.dispatched = 2;
    await until('it reports', async () => {
      if (!isRunning(container)) throw new Error(`the container has ended: ${logsOf(container)}`);
      return (await farm.activity())?.running === 2 || undefined;
    });
    expect((await farm.activity())?.server.taskId).toBe(taskId);
    expect(readFileSync(join(runDirectory, 'tls/certificate.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(statSync(join(runDirectory, 'tls/key.pem')).mode & 0o777).toBe(0o600);
    docker('stop', '--time', '20', container);
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0');
    expect(logsOf(container)).toContain('"message":"ending"');
  });
});
