import { describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { openInstallation } from '../context/installation.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import { keepCertificate } from '../testing/kept-certificate.ts';
import { condition, pool, statusDouble } from '../testing/status-double.ts';
import { usualSpan, usualTime } from './usual-time.ts';

const at = (seconds: number, ready: boolean, workers = 3) =>
  statusDouble({
    pools: { default: pool(workers) },
    heartbeatAt: new Date(seconds * 1000).toISOString(),
    conditions: [condition('Ready', ready ? 'True' : 'False', 'X')],
  });

describe('how long a cluster usually takes', () => {
  it.each([
    ['nobody knows', [], undefined],
    ['it never was ready', [at(0, true), at(1, false), at(5, false)], undefined],
    ['one wait', [at(0, true), at(10, false), at(20, false), at(70, true)], 60_000],
    ['a wait that had begun before is not counted', [at(0, false), at(50, true), at(60, false), at(70, true)], 10_000],
    ['that of an edit at zero workers is none', [at(0, true, 0), at(10, false, 0), at(13, true, 0)], undefined],
    [
      'that of the wake behind it is one',
      [at(0, true, 0), at(10, false, 0), at(13, true, 0), at(20, false, 0), at(29, true)],
      9_000,
    ],
    [
      'the median of several',
      [at(0, true), at(10, false), at(20, true), at(30, false), at(130, true), at(140, false), at(170, true)],
      30_000,
    ],
  ])('%s', (_what, statuses, expected) => {
    expect(usualSpan(statuses)).toBe(expected);
  });
});

const current = bucketOfEachTest();

describe('who waits for a cluster is told so', () => {
  it.each([
    ['want --workers=3', '--timeout=5m'],
    ['want --workers=3 --for=2h', '--timeout=5m'],
    ['keep --for=2h', '--timeout=5m'],
  ])('by bbf %s', async (line, timeout) => {
    const { bucket, program } = current();
    const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
    await keepCertificate(program);
    bucket.put(clusterKey('main'), JSON.stringify(document));
    const history = [at(0, true), at(10, false), at(70, true), at(100, false)];
    for (const status of history) bucket.put(statusKey('main'), JSON.stringify({ ...status, endpoint: null }));
    await expect(dispatch([...line.split(' '), timeout], program)).rejects.toMatchObject({
      exitCode: exitCodes.timeout,
    });
    expect(program.stderr()).toContain('waiting for cluster main, which usually takes 1m 00s\n');
  });
});

it('an estimate that is over is none', async () => {
  const { bucket, program } = current();
  const installation = await openInstallation(program, undefined);
  for (const status of [at(0, true), at(10, false), at(15, true)])
    bucket.put(statusKey('main'), JSON.stringify(status));
  const usually = usualTime(installation, 'main');
  usually(3_000);
  await expect.poll(() => usually(4_999)).toBe(5_000);
  expect(usually(5_000)).toBeUndefined();
});
