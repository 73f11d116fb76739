import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { lease, pool, statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(async () => {
  ({ bucket, program } = current());
  expect(await bbf('create', '--no-wait')).toBe(0);
});

const key = clusterKey('main');
const bbf = (...argv: string[]) => dispatch(argv, program);

/** A lease of a build, but for these. */
const put = (id: string, fields: object) =>
  bucket.put(
    leaseKey('main', id),
    JSON.stringify({
      ...{ apiVersion: 'bbf/v1', kind: 'Lease', id, holder: 'a@b', purpose: 'build //:a' },
      ...{ pools: { default: { workers: 1 } }, ttlSeconds: 90 },
      ...fields,
    }),
  );

describe('leases', () => {
  it('are listed, claimed for a while, and released', async () => {
    expect(await bbf('want', '--workers=2', '--for=2h', '--no-wait', '--reason=a talk')).toBe(0);
    const [id = ''] = /want-[0-9a-f]{12}/.exec(program.stdout()) ?? [];
    const lease = JSON.parse(bucket.objects.get(leaseKey('main', id))?.text ?? '{}');
    expect(lease).toMatchObject({
      pools: { default: { workers: 2 } },
      ttlSeconds: 7200,
      holder: program.settings.author,
      purpose: 'a talk',
    });
    expect(bucket.versions.filter(([name]) => name === key)).toHaveLength(1);
    await bbf('leases', '--json');
    expect(JSON.parse(program.stdout().trim().split('\n').at(-1) ?? '')).toMatchObject({ items: [{ id }] });
    await expect(bbf('leases', 'release', 'want-nobody')).rejects.toMatchObject({ exitCode: exitCodes.notFound });
    expect(await bbf('leases', 'release', id)).toBe(0);
    expect(bucket.objects.has(leaseKey('main', id))).toBe(false);
  });

  it('whose writing nobody can tell of claim nothing: the same again would claim twice', async () => {
    bucket.faults.push(...Array<'lose answer'>(6).fill('lose answer'));
    await expect(bbf('want', '--workers=2', '--for=2h')).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
    bucket.faults.length = 0;
    expect(await bbf('want', '--workers=2', '--for=2h', '--no-wait')).toBe(0);
    expect([...bucket.objects.keys()].filter((name) => name.includes('/leases/'))).toHaveLength(1);
  });

  it('that ended over an hour ago are left to JSON', async () => {
    for (const ttlSeconds of [30, 7000]) put(`of-${ttlSeconds}`, { ttlSeconds });
    bucket.put(leaseKey('main', 'torn'), '{"ttl');
    await program.sleep(2 * 3_600_000);
    await bbf('leases');
    expect(program.stdout()).toMatch(/^torn /m);
    expect(program.stdout()).not.toMatch(/^of-30 /m);
    expect(program.stdout()).toMatch(/^of-7000 /m);
    expect(program.stderr()).toContain('bbf: and 1 lease that ended over an hour ago, which --json shows\n');
    await bbf('leases', '--json');
    expect(program.stdout()).toContain('"of-30"');
  });

  it('that cannot be understood are listed too, with the hour for which they hold the cluster', async () => {
    bucket.put(leaseKey('main', 'odd'), '{"ttlSeconds": "soon"}');
    bucket.put(leaseKey('main', 'torn'), '{"ttl');
    expect(await bbf('leases', '--jq', '[.items[] | [.id, .holder, .expired]]')).toBe(0);
    expect(JSON.parse(program.stdout().split('\n').at(-2) ?? '')).toEqual([
      ['odd', 'unknown', false],
      ['torn', 'unknown', false],
    ]);
    await bbf('leases');
    expect(program.stdout()).toMatch(/^torn .* in (1h|59m)/m);
    await program.sleep(3_600_000);
    await bbf('leases', '--jq', '.items[].expired');
    expect(program.stdout().split('\n').slice(-3)).toEqual(['true', 'true', '']);
  });

  it.each([
    ['a life that no lease has', { ttlSeconds: 864_000 }, 'ttlSeconds is too large'],
    ['an id that is not its key’s', { id: 'another' }, 'its id is "another", and its key says "copied"'],
    ['no pool', { pools: {} }, 'pools'],
    ['the form of a later bbf', { apiVersion: 'bbf/v2' }, 'the document is of a newer version of bbf'],
  ])('with %s hold the cluster for an hour, without workers, as the reconciler takes them', async (_, fields, why) => {
    put('copied', fields);
    await bbf('leases', '--jq', '.items[] | [.pools, .purpose]');
    const [pools, purpose] = JSON.parse(program.stdout().split('\n').at(-2) ?? '');
    expect(pools).toEqual({});
    expect(purpose).toContain(`not a lease that this bbf understands: `);
    expect(purpose).toContain(why);
    await program.sleep(3_599_000);
    await bbf('leases', '--jq', '.items[].expired');
    await program.sleep(2_000);
    await bbf('leases', '--jq', '.items[].expired');
    expect(program.stdout().split('\n').slice(-3)).toEqual(['false', 'true', '']);
  });

  it('of more workers than the pool may have are refused before they are written', async () => {
    await expect(bbf('want', '--workers=99', '--for=2h')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: 'pool default may have 20 workers at most (workersMax), and 99 are wanted',
      next: 'bbf want --max=99, then bbf want --workers=99 --for=2h',
    });
    await expect(bbf('want', '--workers=99', '--for=2h', '--pool=default', '--cluster=main')).rejects.toMatchObject({
      next: 'bbf want --max=99 --pool=default --cluster=main, then bbf want --workers=99 --for=2h --pool=default --cluster=main',
    });
    await expect(bbf('want', '--workers=9', '--max=12', '--for=2h', '--cluster=ci')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      next: 'bbf want --max=12 --cluster=ci, then bbf want --workers=9 --for=2h --cluster=ci',
    });
    expect([...bucket.objects.keys()]).toEqual([key]);
  });

  it.each([
    ['the budget', 'budget', 'bbf edit --cluster=main (spec.budget)'],
    ['a workersMax that somebody lowered', 'workersMax', 'bbf want --cluster=main --pool=default --max=9 (workersMax)'],
  ] as const)('of which %s allows fewer end the wait with that', async (_, by, next) => {
    program.onSleep = () => {
      const [id = ''] = /want-[0-9a-f]{12}/.exec(program.stdout()) ?? [];
      const pools = { default: pool(2, { because: 'a limit', limit: { by, asked: 9, askedBySpec: 0 } }) };
      bucket.put(statusKey('main'), JSON.stringify(statusDouble({ leases: [lease(id)], pools })));
    };
    await expect(bbf('want', '--workers=9', '--for=2h')).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: `pool default of main gets 2 of 9 workers: a limit`,
      next: expect.stringContaining(next),
    });
  });

  it.each(['1s', '30d', 'soon'])('last neither too short nor too long: %s', async (life) => {
    await expect(bbf('want', '--workers=2', `--for=${life}`)).rejects.toMatchObject({ exitCode: exitCodes.usage });
  });
});
