import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(async () => {
  ({ bucket, program } = current());
  expect(await bbf('apply', '-f', withWorkers(1), '--no-wait')).toBe(0);
});

const key = clusterKey('main');
const bbf = (...argv: string[]) => dispatch(argv, program);
const document = () => JSON.parse(bucket.objects.get(key)?.text ?? '{}');
const file = (name: string, text: string) => {
  const path = join(program.directory, name);
  writeFileSync(path, text);
  return path;
};
const withWorkers = (workers: number) => {
  const spec = { pools: { default: { workers } } };
  return file('main.json', JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));
};

describe('bbf apply', () => {
  it.each([
    ['before the name', ['--dry-run', 'main'], 0],
    ['as kubectl has it', ['--dry-run=server'], exitCodes.usage],
    ['of the last of two files', ['-f', 'other.yaml'], exitCodes.usage],
  ])('writes nothing with a flag %s', async (_, flags, exitCode) => {
    const path = withWorkers(5);
    const code = await bbf('apply', '-f', path, ...flags).catch((error) => error.exitCode);
    expect(code).toBe(exitCode);
    expect(bucket.versions).toHaveLength(1);
  });

  it('says how the cluster that the file names is meant, and what is dry stays dry', async () => {
    const path = withWorkers(5);
    await expect(bbf('apply', 'mian', '-f', path, '--dry-run', '--reason=a b')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      next: `bbf apply -f ${path} --dry-run '--reason=a b'`,
    });
  });

  describe.each([['--dry-run'], ['--no-wait']])('with %s', (flag) => {
    const isDry = flag === '--dry-run';

    it('refuses a file of a cluster that is gone', async () => {
      const path = file('old.json', JSON.stringify({ ...document(), metadata: { name: 'main', uid: 'gone' } }));
      await expect(bbf('apply', '-f', path, flag)).rejects.toMatchObject({
        exitCode: exitCodes.conflict,
        message: expect.stringContaining('the document is of another main: its uid is gone'),
      });
      expect(bucket.versions).toHaveLength(1);
    });

    it('refuses a cluster that is being deleted', async () => {
      expect(await bbf('delete', 'main', '--yes', '--no-wait')).toBe(0);
      bucket.put(statusKey('main'), JSON.stringify(statusDouble({ uid: document().metadata.uid })));
      await expect(bbf('apply', '-f', withWorkers(5), flag)).rejects.toMatchObject({
        exitCode: exitCodes.conflict,
        message: 'cluster main in context test is still being deleted',
      });
    });

    it('takes what a deletion has left for nothing', async () => {
      expect(await bbf('delete', 'main', '--yes', '--no-wait')).toBe(0);
      const before = program.stdout().length;
      expect(await bbf('apply', '-f', withWorkers(5), flag)).toBe(0);
      const said = program.stdout().slice(before);
      expect(said).toContain('pools: (unset) → {"default":{"workers":5}}\n');
      expect(said.includes('main would be created\n')).toBe(isDry);
      expect(document().spec.delete === undefined).toBe(!isDry);
    });
  });

  it('takes a file with a byte order mark over a document with one, and writes none', async () => {
    const json = JSON.stringify({ ...document(), spec: { pools: { default: { workers: 3 } } } });
    bucket.put(key, `\uFEFF${JSON.stringify(document())}`);
    expect(await bbf('apply', '-f', file('cluster.json', `\uFEFF${json}`), '--no-wait')).toBe(0);
    expect(program.stdout()).toContain('pools.default.workers: 1 → 3\n');
    expect(document().spec.pools.default.workers).toBe(3);
  });
});

it.each([
  ['prod.yaml', 'prod.yaml'],
  ['main', 'cluster.json'],
])('bbf apply %s says how a file is named, and writes nothing', async (argument, meant) => {
  const before = document();
  await expect(bbf('apply', argument)).rejects.toMatchObject({
    exitCode: exitCodes.usage,
    next: `bbf apply -f ${meant}`,
  });
  expect(document()).toEqual(before);
});
