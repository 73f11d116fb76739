/** What bbf has Docker do for one machine alone, with a real engine: `bbf --local build`, and images that are released to it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyWorkspace } from '../end-to-end/workspace.ts';
import { expectSuccess, type Installation, newInstallation } from '../installation.ts';
import { debianBazel, npmBazel } from '../programs.ts';
import { BASE_IMAGE } from './engine.ts';
import { missingEngine } from './engine-answer.ts';

const debian = debianBazel();
const bazels = [npmBazel(), ...(debian.bazel ? [debian.bazel] : [])];
if (!debian.bazel) console.warn(`skipped with Bazel 4.2.3: ${debian.missing}`);

/** Which has set nothing up: neither asks for a cluster. */
let installation: Installation;
beforeAll(async () => {
  installation = await newInstallation();
});
afterAll(() => installation.stop());

describe.skipIf(missingEngine)('bbf --local=IMAGE', () => {
  it.each(bazels)('builds in a real container with $name', async (bazel) => {
    const workspace = emptyWorkspace(installation, bazel);
    workspace.write('BUILD', 'genrule(name = "c", outs = ["c.txt"], cmd = "(ls /.dockerenv; pwd) > $@")');
    const { stderr } = await expectSuccess(workspace.bbf(['build', '//:c'], { before: [`--local=${BASE_IMAGE}`] }));
    expect(stderr).toMatch(/1 docker/);
    const told = readFileSync(join(workspace.directory, 'bazel-bin', 'c.txt'), 'utf8');
    expect(told).toMatch(/^\/\.dockerenv\n\/execroot\//);
    await workspace.shutdown();
  });
});

describe.skipIf(missingEngine)('bbf images release --load', () => {
  it('builds in a real Docker engine', async () => {
    await expectSuccess(
      installation.bbf(['images', 'release', '--load', '--only=storage', `--bases=storage=${BASE_IMAGE}`]),
    );
    const words = [
      'run',
      '--rm',
      '--env',
      'BBF_CONFIGURATION={}',
      '--entrypoint',
      'bbf-buildfarm',
      'bbf/storage:local',
    ];
    const told = execFileSync('docker', [...words, 'bash', '-c', 'cat $CONFIG_PATH'], { encoding: 'utf8' });
    expect(told).toBe('{}\n');
    execFileSync('docker', ['rmi', 'bbf/storage:local'], { stdio: 'ignore' });
  });
});
