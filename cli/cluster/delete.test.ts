/** `bbf delete` where the reconciler has a word to say about it. */
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { run } from '../../integration/setup/person.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, lease, statusDouble } from '../testing/status-double.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
  await world.put(clusterKey('main'), document);
});

const stalled = (reason: string, message: string, observedRevision: string) =>
  statusDouble({
    conditions: ['Stalled', 'Ready'].map((type) => ({
      ...condition(type as 'Stalled', type === 'Stalled' ? 'True' : 'False', reason, message),
      observedRevision,
    })),
  });
/** The reconciler's part, one act each time that the command waits. */
function onceItWaits(...acts: ((revision: string) => Promise<unknown>)[]) {
  const { sleep } = world.program;
  world.program.sleep = async (ms, signal) => {
    await acts.shift()?.(/revision (\S+)/.exec(world.program.stdout())?.[1] ?? '');
    return sleep(ms, signal);
  };
}

const forgotten = () => world.s3.send(new DeleteObjectCommand({ Bucket: world.bucket, Key: statusKey('main') }));

describe('bbf delete', () => {
  it('goes on with a cluster that was stalled before: that is what it is deleted for', async () => {
    await world.put(statusKey('main'), stalled('RolloutFailed', 'no image', 'v1'));
    onceItWaits(forgotten);
    const { code, stdout, notes } = await run(world, ['delete', 'main', '--yes', '--context=test']);
    expect(code, notes).toBe(0);
    expect(stdout).toContain('deleted main');
  });

  it('waits for the pass that may be making what no status tells of yet', async () => {
    let made = false;
    onceItWaits(async () => {
      await world.put(statusKey('main'), statusDouble());
      made = true;
    }, forgotten);
    const { code, notes } = await run(world, ['delete', 'main', '--yes', '--context=test']);
    expect(code, notes).toBe(0);
    expect(made).toBe(true);
  });

  it('ends with what is in its way, and how to go on, where a stack can’t be deleted', async () => {
    const words = 'stack bbf--main--server is DELETE_FAILED; deleting it failed 3 times';
    onceItWaits((revision) => world.put(statusKey('main'), stalled('DeleteFailed', words, revision)));
    await world.put(statusKey('main'), statusDouble());
    const { code, notes } = await run(world, ['delete', 'main', '--yes', '--context=test']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain(`main is stalled: DeleteFailed: ${words}`);
    expect(notes).toContain('try: bbf delete main, once that is mended');
  });

  it('names the leases that it waits for, and what ends each', async () => {
    onceItWaits(() => world.put(statusKey('main'), statusDouble({ leases: [lease('want-1')] })), forgotten);
    await world.put(statusKey('main'), statusDouble());
    const { code, notes } = await run(world, ['delete', 'main', '--yes', '--context=test']);
    expect(code, notes).toBe(0);
    expect(notes).toMatch(/lease of \S+.*: ends by itself, or by bbf leases release want-1 --cluster=main/);
  });
});

describe('a cluster of the same name that somebody creates while bbf delete waits', () => {
  const next = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main', uid: 'u2' }, spec: {} };
  const forget = () => world.s3.send(new DeleteObjectCommand({ Bucket: world.bucket, Key: statusKey('main') }));
  const there = async () => {
    const { Body } = await world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: clusterKey('main') }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };

  it.each([
    ['before the reconciler has looked at it', async () => {}],
    [
      'and of which a status tells already',
      async (revision: string) => {
        const ready = { ...condition('Ready', 'False', 'Creating'), observedRevision: revision };
        await world.put(statusKey('main'), statusDouble({ uid: 'u2', conditions: [ready] }));
      },
    ],
  ])('stays, %s', async (_, report) => {
    await world.put(statusKey('main'), statusDouble());
    onceItWaits(async () => {
      await forget();
      await report(await world.put(clusterKey('main'), next));
    });
    const { code, stdout, notes } = await run(world, ['delete', 'main', '--yes', '--context=test']);
    expect(code, notes).toBe(0);
    expect(stdout).toContain('deleted main');
    expect(await there()).toEqual(next);
  });
});

describe('a cluster that is being deleted', () => {
  const document = (uid: string) => ({
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: { name: 'main', uid: 'u1' },
    spec: { delete: { uid } },
  });
  const claims: [string, string[]][] = [
    ['bbf want', ['want', '--workers=3']],
    ['bbf want --for', ['want', '--workers=3', '--for=2h']],
    ['bbf keep', ['keep', '--for=2h']],
    ['bbf build', ['build', '//...']],
  ];

  it.each(claims)('is nothing to begin on for %s', async (_, line) => {
    await world.put(clusterKey('main'), document('u1'));
    await world.put(statusKey('main'), statusDouble());
    const { code, notes } = await run(world, ['--context=test', ...line]);
    expect(code, notes).toBe(exitCodes.conflict);
    expect(notes).toContain('cluster main in context test is still being deleted');
    const { Contents = [] } = await world.s3.send(
      new ListObjectsV2Command({ Bucket: world.bucket, Prefix: 'clusters/' }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual([clusterKey('main'), statusKey('main')]);
  });

  it('is not one whose document has the tombstone of another: that is said instead', async () => {
    await world.put(clusterKey('main'), document('u0'));
    const { code, notes } = await run(world, ['want', '--workers=3', '--no-wait', '--context=test']);
    expect(code).toBe(exitCodes.invalidDocument);
    expect(notes).toContain('the tombstone is of another cluster');
  });
});
