/** A cluster whose cluster.json somebody removed: it goes on, and can be edited, put back and deleted. */
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
  put({ pools: { default: { workers: 3 } } });
  put({ pools: { default: { workers: 4 } } });
  bucket.objects.delete(key);
  bucket.put(statusKey('main'), JSON.stringify(statusDouble({ acceptedRevision: 'v2' })));
});

const key = clusterKey('main');
const put = (spec: object) =>
  bucket.put(key, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));
const document = () => JSON.parse(bucket.objects.get(key)?.text ?? 'null');
async function bbf(...line: string[]): Promise<{ code: number; words: string }> {
  const [command = '', ...rest] = line;
  try {
    return { code: await dispatch([command, ...rest], program), words: program.stdout() };
  } catch (error) {
    const { lines, exitCode } = describeFailure(error);
    return { code: exitCode, words: lines.join('\n') };
  }
}

describe('without its document, a cluster', () => {
  const asking = [['want', '--workers=2'], ['get'], ['pools'], ['suspend'], ['create', 'main'], ['logs', 'server']];
  it.each(asking)('is said to go on, and how it is put back or removed: bbf %s', async (...line) => {
    const { code, words } = await bbf(...line);
    expect(code).toBe(exitCodes.notFound);
    expect(words).toContain('cluster.json of main in context test is gone, and the cluster goes on without it');
    expect(words).toContain(
      'try: bbf rollback --cluster=main, which writes the revision in force again; or bbf delete',
    );
    expect(document()).toBe(null);
  });

  it('is put back as it was last accepted, and stays the same cluster', async () => {
    put({ pools: { default: { workers: -1 } } });
    bucket.objects.delete(key);
    expect(await bbf('rollback', '--no-wait')).toMatchObject({ code: 0 });
    expect(document()).toMatchObject({ metadata: { uid: 'uid-1' }, spec: { pools: { default: { workers: 4 } } } });
  });

  it('is put back as it was once, where that is asked for', async () => {
    expect(await bbf('rollback', '~1', '--no-wait')).toMatchObject({ code: 0 });
    expect(document().spec.pools.default.workers).toBe(3);
  });

  it('goes on as a file says, and stays the same cluster', async () => {
    const file = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${program.directory}/cluster.json`, file);
    expect(await bbf('apply', '-f', `${program.directory}/cluster.json`, '--no-wait')).toMatchObject({ code: 0 });
    expect(document().metadata.uid).toBe('uid-1');
  });

  it('is deleted all the same', async () => {
    expect(await bbf('delete', 'main', '--yes', '--no-wait')).toMatchObject({ code: 0 });
    expect(document()).toMatchObject({ metadata: { uid: 'uid-1' }, spec: { delete: { uid: 'uid-1' } } });
  });

  it('that never was one is made anew', async () => {
    bucket.put(statusKey('main'), JSON.stringify(statusDouble({ acceptedRevision: null })));
    expect(await bbf('create', 'main', '--no-wait')).toMatchObject({ code: 0 });
    expect(document().metadata.uid).not.toBe('uid-1');
  });
});

it('a cluster whose document is no good is deleted all the same', async () => {
  bucket.put(key, '{');
  const { code } = await bbf('delete', 'main', '--yes', '--no-wait');
  expect(code).toBe(0);
  expect(program.stderr()).toContain('the document of main is not valid, and gives way to a tombstone');
  expect(document()).toMatchObject({ metadata: { uid: 'uid-1' }, spec: { delete: { uid: 'uid-1' } } });
});

it('without document and status there is no cluster to delete', async () => {
  bucket.objects.delete(statusKey('main'));
  const { code, words } = await bbf('delete', 'main', '--yes');
  expect(code).toBe(exitCodes.notFound);
  expect(words).toContain('there is no cluster main in context test');
});
