import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { programDouble } from '../testing/program-double.ts';
import { placeDocker, placePackage } from './docker.fixture.ts';
import { outcome } from './outcome.fixture.ts';

describe('bbf images release --load', () => {
  it('builds into the engine of this machine, and asks AWS nothing', async () => {
    const program = programDouble();
    const docker = placeDocker(program.directory);
    program.settings.program = placePackage(program.directory);
    program.settings.childEnvironment = { ...process.env, PATH: `${docker.folder}:${process.env.PATH}` };
    expect(await outcome(['images', 'release', '--load', '--only=worker,worker-dind'], program)).toBe(0);
    expect(docker.state()).toMatchObject({
      pushed: {},
      built: { 'bbf/worker:local': {}, 'bbf/worker-dind:local': { base: 'bbf/worker:local' } },
    });
    expect(program.stdout()).toBe('bbf/worker:local\nbbf/worker-dind:local\n');
  });

  it('that is told to end ends the build first, and all that it runs', async () => {
    const program = programDouble();
    const docker = placeDocker(program.directory);
    program.settings.program = placePackage(program.directory);
    program.settings.childEnvironment = { ...process.env, PATH: `${docker.folder}:${process.env.PATH}` };
    const release = dispatch(['images', 'release', '--load', '--only=worker', '--bases=worker=held:1'], program);
    const ended = expect(release).rejects.toMatchObject({ name: 'Interrupted', signal: 'SIGTERM' });
    await expect.poll(() => docker.state().held).toBeDefined();
    const { held } = docker.state();
    process.emit('SIGTERM');
    await ended;
    // Ended, whether or not anybody has asked for its exit code.
    expect(spawnSync('ps', ['-o', 'stat=', '-p', String(held)], { encoding: 'utf8' }).stdout).toMatch(/^(Z.*\n)?$/);
    expect(docker.state().built).toEqual({});
  });
});
