import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { expectSuccess, type Installation, run, startInstallation } from '../installation.ts';
import { missingAwsCli } from './aws-cli.ts';
import { awsEnvironment, bucketOf, holds, statusOf, untilStatus } from './cluster.ts';

const missing = missingAwsCli();
if (missing) console.warn(`skipped: ${missing}`);

let installation: Installation;
beforeAll(async () => {
  if (!missing) installation = await startInstallation();
}, 240_000);
afterAll(() => installation?.stop());

/** What a job of a git host does after a push. */
async function copy(text: string) {
  const file = join(installation.directory, 'cluster.json');
  writeFileSync(file, text);
  const env = { ...installation.env, ...(await awsEnvironment(installation)) };
  const endpoint = env.AWS_ENDPOINT_URL ?? '';
  const target = `s3://${(await bucketOf(installation)).name}/${clusterKey('main')}`;
  await expectSuccess(run('aws', ['--endpoint-url', endpoint, 's3', 'cp', file, target], { env }));
}

const document = (spec: object) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }, null, 2);

describe.skipIf(missing)('GitOps: aws s3 cp cluster.json', () => {
  it('does what bbf want does', async () => {
    await copy(document({ pools: { default: { workers: 2 } } }));
    const status = await untilStatus(
      installation,
      'two workers',
      (seen) => seen.pools.default?.registered === 2 && holds(seen, 'Ready'),
    );
    expect(status.pools.default).toMatchObject({ wanted: 2, because: 'spec.workers' });
  }, 240_000);

  it('an invalid document leaves the last good revision running, and status says what is wrong', async () => {
    const good = await statusOf(installation);
    await copy(document({ pools: { default: { workers: -1, wrokers: 3 } } }));
    const status = await untilStatus(installation, 'the refusal', (seen) => seen.problems.length > 0);
    expect(status.acceptedRevision).toBe(good.acceptedRevision);
    expect(status.observedRevision).not.toBe(good.observedRevision);
    expect(status.pools.default).toMatchObject({ wanted: 2, running: 2 });
    expect(status.problems.map((problem) => problem.pointer).sort()).toEqual([
      '/spec/pools/default/workers',
      '/spec/pools/default/wrokers',
    ]);
    const shown = await installation.bbf(['status']);
    expect(shown.stdout).toContain('wrokers');

    await copy('{ not json');
    const broken = await untilStatus(installation, 'the refusal of broken JSON', (seen) =>
      seen.problems.some((p) => p.line === 1),
    );
    expect(broken.pools.default?.running).toBe(2);
  }, 240_000);

  it('a good document after a bad one is followed at once', async () => {
    await copy(document({ pools: { default: { workers: 3 } } }));
    const status = await untilStatus(
      installation,
      'three workers',
      (seen) => seen.pools.default?.registered === 3 && holds(seen, 'Ready'),
    );
    expect(status.problems).toEqual([]);
  }, 240_000);
});
