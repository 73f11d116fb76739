/** Edits where the document that is there is not as it should be: each way that is advised leads somewhere. */
import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { condition, statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
  tell();
});

const key = clusterKey('main');
const tell = (change: Parameters<typeof statusDouble>[0] = {}) =>
  bucket.put(statusKey('main'), JSON.stringify(statusDouble(change)));
const put = (spec: object, metadata: object = {}, apiVersion = 'bbf/v1') =>
  bucket.put(key, JSON.stringify({ apiVersion, kind: 'Cluster', metadata: { name: 'main', ...metadata }, spec }));
const document = () => JSON.parse(bucket.objects.get(key)?.text ?? 'null');
const workers = (count: number) => ({ pools: { default: { workers: count } } });

async function bbf(...line: string[]): Promise<{ code: number; words: string }> {
  try {
    return { code: await dispatch(line, program), words: program.stdout() + program.stderr() };
  } catch (error) {
    const { lines, exitCode } = describeFailure(error);
    return { code: exitCode, words: lines.join('\n') };
  }
}
function apply(metadata: object = {}) {
  const file = `${program.directory}/cluster.json`;
  const text = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main', ...metadata }, spec: workers(2) };
  writeFileSync(file, JSON.stringify(text));
  return bbf('apply', '-f', file, '--no-wait');
}

describe('a document that is written over stays of the cluster that there is', () => {
  it('where it came from git without a uid', async () => {
    put(workers(1));
    expect(await apply()).toMatchObject({ code: 0 });
    expect(document().metadata.uid).toBe('uid-1');
  });

  it('where it is no JSON', async () => {
    bucket.put(key, '{');
    expect(await apply()).toMatchObject({ code: 0 });
    expect(document().metadata.uid).toBe('uid-1');
  });

  it('and one of another cluster is refused, unless the stacks say that its uid is the right one', async () => {
    put(workers(1), { uid: 'uid-1' });
    expect(await apply({ uid: 'uid-2' })).toMatchObject({ code: exitCodes.conflict });
    tell({ conditions: [condition('Stalled', 'True', 'ForeignStack')] });
    expect(await apply({ uid: 'uid-2' })).toMatchObject({ code: 0 });
    expect(document().metadata.uid).toBe('uid-2');
  });

  it('where it has the tombstone of another one, which deletes nothing', async () => {
    put({ delete: { uid: 'uid-0' } }, { uid: 'uid-1' });
    expect(await apply()).toMatchObject({ code: 0 });
    expect(document().spec).toEqual(workers(2));
    put({ delete: { uid: 'uid-0' } });
    expect(await apply()).toMatchObject({ code: 0 });
  });

  it('but not where it has its own: the deletion goes on', async () => {
    put({ delete: { uid: 'uid-1' } });
    const { code, words } = await apply();
    expect(code).toBe(exitCodes.conflict);
    expect(words).toContain('still being deleted');
  });
});

describe('bbf rollback', () => {
  it('leaves what is not valid behind', async () => {
    put(workers(1));
    put({ pools: { default: { workers: -1 } } });
    expect(await bbf('rollback', '--no-wait')).toMatchObject({ code: 0 });
    expect(document().spec).toEqual(workers(1));
  });

  it('does not go back to it', async () => {
    put({ pools: { default: { workers: -1 } } });
    put(workers(1));
    const { code, words } = await bbf('rollback', '--no-wait');
    expect(code).toBe(exitCodes.invalidDocument);
    expect(words).toMatch(/revision v2 is not valid\n.*workers is too small.*\n.*try: bbf history --cluster=main/);
    expect(document().spec).toEqual(workers(1));
  });
});

it.each([
  ['want', '--workers=1'],
  ['edit'],
  ['suspend'],
  ['resume'],
  ['images', 'release', '--from=main', '--cluster=main'],
])('a document of a version to come is left alone, and the newer bbf is named: bbf %s', async (...line) => {
  put({ pools: 'otherwise' }, { uid: 'uid-1' }, 'bbf/v2');
  program.settings.editor = 'no-such-editor';
  const { code, words } = await bbf(...line);
  expect(code).toBe(exitCodes.configuration);
  expect(words).toContain('the document of main has apiVersion "bbf/v2", and this bbf knows "bbf/v1": nothing was');
  expect(words).toContain('try: npm install --global ./bbf-NEW.tgz, then bbf setup');
  expect(bucket.versions.filter(([written]) => written === key)).toHaveLength(1);
});

it('a cluster whose document is of a version to come is deleted by a tombstone of this one', async () => {
  put({ pools: 'otherwise' }, { uid: 'uid-1' }, 'bbf/v2');
  expect(await bbf('delete', 'main', '--yes', '--no-wait')).toMatchObject({ code: 0 });
  expect(document()).toMatchObject({ apiVersion: 'bbf/v1', spec: { delete: { uid: 'uid-1' } } });
});

it('bbf resume of a deletion ends with the cluster', async () => {
  put({ suspend: true, delete: { uid: 'uid-1' } }, { uid: 'uid-1' });
  program.onSleep = () => void bucket.objects.delete(statusKey('main'));
  const { code, words } = await bbf('resume');
  expect(code).toBe(0);
  expect(words).toContain('deleted main');
  expect(document()).toBe(null);
});

it('bbf resume keeps the document of a cluster that its tombstone does not mean', async () => {
  put({ ...workers(1), suspend: true, delete: { uid: 'of-another' } });
  expect(await bbf('resume', '--no-wait')).toMatchObject({ code: 0 });
  await bbf('resume', '--timeout=1s');
  expect(document().spec).toMatchObject(workers(1));
});

describe('where there is no such cluster', () => {
  const tombstone = () => put({ delete: { uid: 'uid-1' } }, { uid: 'uid-1' });
  const rows: [string, () => unknown, string[], string][] = [
    ['history', () => bucket.objects.delete(statusKey('main')), ['history', 'mian'], 'try: bbf create mian'],
    ['history of a misspelt name', () => put(workers(1)), ['history', 'mian'], 'did you mean main?'],
    ['its way on', () => put(workers(1)), ['status', 'mian'], 'try: bbf status --cluster=main'],
    [
      'revisions that are kept no more',
      () => {},
      ['rollback'],
      'no revision of main is kept any more\n  try: bbf apply -f FILE, with a document of main; or bbf delete main',
    ],
    [
      'only its tombstone',
      () => [tombstone(), bucket.objects.delete(statusKey('main'))],
      ['status'],
      'cluster main is deleted, and only its document is left\n  try: bbf create main',
    ],
    [
      'nor is it watched',
      () => [tombstone(), bucket.objects.delete(statusKey('main'))],
      ['status', '--watch'],
      'cluster main is deleted',
    ],
  ];
  it.each(rows)('%s says what to type', async (_what, prepare, line, expected) => {
    prepare();
    const { code, words } = await bbf(...line);
    expect(code).toBe(exitCodes.notFound);
    expect(words).toContain(expected);
  });
});

it('leases are told, and released, also without a document', async () => {
  bucket.put(leaseKey('main', 'b-1'), '{}');
  expect(await bbf('leases')).toMatchObject({ code: 0, words: expect.stringContaining('b-1') });
  expect(await bbf('leases', 'release', 'b-1')).toMatchObject({ code: 0 });
});

it('bbf edit without a terminal names the cluster that was meant', async () => {
  const { words } = await bbf('edit', 'ci');
  expect(words).toContain('try: bbf get ci -o yaml > ci.yaml, then bbf apply -f ci.yaml; or set EDITOR');
});
