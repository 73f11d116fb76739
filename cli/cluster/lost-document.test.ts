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

const named = (name: string) => ({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name, uid: `uid-${name}` },
  spec: {},
});

describe.each([
  ['is no good', '{', 'not valid'],
  ['is of a newer bbf', JSON.stringify({ ...named('main'), apiVersion: 'bbf/v2' }), 'of a newer version of bbf'],
  ['names another cluster', JSON.stringify(named('ci')), 'not valid'],
])('a cluster whose document %s', (_, text, why) => {
  const tombstone = {
    apiVersion: 'bbf/v1',
    metadata: { name: 'main', uid: 'uid-1' },
    spec: { delete: { uid: 'uid-1' } },
  };
  const deletion = ['delete', 'main', '--yes', '--no-wait'];
  beforeEach(() => bucket.put(key, text));

  it('is deleted all the same', async () => {
    expect(await bbf(...deletion)).toMatchObject({ code: 0 });
    expect(program.stderr()).toContain(`the document of main is ${why}, and gives way to a tombstone`);
    expect(document()).toMatchObject(tombstone);
  });

  it('is deleted once where an answer is lost on the way, and where S3 is busy', async () => {
    const before = bucket.versions.length;
    bucket.faults.push('busy', 'lose answer');
    expect(await bbf(...deletion)).toMatchObject({ code: 0 });
    expect(document()).toMatchObject(tombstone);
    expect(bucket.versions).toHaveLength(before + 1);
  });

  it('is deleted as somebody has just mended it', async () => {
    bucket.faults.push(() => put({ pools: { default: { workers: 2 } } }));
    expect(await bbf(...deletion)).toMatchObject({ code: 0 });
    expect(document()).toMatchObject({ ...tombstone, spec: { pools: { default: { workers: 2 } } } });
  });

  it('may be deleted where no answer says so, and that is told', async () => {
    bucket.faults.push(...Array<'busy'>(20).fill('busy'));
    const { code, words } = await bbf(...deletion);
    expect(code).toBe(exitCodes.unavailable);
    expect(words).toContain(`it is not known whether ${key} was written: HTTP 503`);
    expect(program.stderr().match(/gives way to a tombstone/g)).toHaveLength(1);
  });
});

it('without document and status there is no cluster to delete', async () => {
  bucket.objects.delete(statusKey('main'));
  const { code, words } = await bbf('delete', 'main', '--yes');
  expect(code).toBe(exitCodes.notFound);
  expect(words).toContain('there is no cluster main in context test');
});
