/** `bbf edit` as its author sees it: what is written, what is not, and where the text is then. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
beforeEach(() => {
  ({ bucket, program } = current());
});

const key = clusterKey('main');
const bbf = (...argv: string[]) => dispatch(argv, program);
const document = () => JSON.parse(bucket.objects.get(key)?.text ?? 'null');
const put = (spec: object) =>
  bucket.put(
    key,
    JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main', uid: 'u-1' }, spec }),
  );
const written = () => put({ pools: { default: { workers: 1 } } });
/** An editor that is a shell script; `$1` is the file. */
const editor = (script: string) => {
  const path = join(program.directory, 'editor');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  program.settings.editor = path;
};

describe('bbf edit', () => {
  it('writes what was saved', async () => {
    written();
    editor(`sed -i 's/workers: 1/workers: 6/' "$1"`);
    expect(await bbf('edit', '--no-wait', '--reason=more')).toBe(0);
    expect(document().spec.pools.default.workers).toBe(6);
    expect(document().metadata.reason).toBe('more');
  });

  it('writes nothing when nothing was changed', async () => {
    written();
    editor('true');
    expect(await bbf('edit')).toBe(0);
    expect(bucket.versions).toHaveLength(1);
  });

  it('opens again with what is wrong, at the lines of the file that is open', async () => {
    written();
    const seen = join(program.directory, 'seen');
    editor(
      `cat "$1" >> ${seen}; if grep -q 'workers: -1' "$1"; then sed -i 's/workers: -1/workers: 3/' "$1"; else sed -i 's/workers: 1/workers: -1/' "$1"; fi`,
    );
    expect(await bbf('edit', '--no-wait')).toBe(0);
    expect(document().spec.pools.default.workers).toBe(3);
    const second = readFileSync(seen, 'utf8').slice(readFileSync(seen, 'utf8').indexOf('# this would not be valid'));
    const [, told = '0'] = /line (\d+)/.exec(second) ?? [];
    expect(second.split('\n')[Number(told) - 1]).toContain('workers: -1');
  });

  it('keeps the text when its author gives up', async () => {
    written();
    editor(`sed -i 's/workers: 1/workers: -1/' "$1"`);
    const failure = await bbf('edit').catch((error: unknown) => error as { exitCode: number; next: string });
    expect(failure).toMatchObject({ exitCode: exitCodes.invalidDocument });
    const [, kept = ''] = /-f (\S+),/.exec((failure as { next: string }).next) ?? [];
    // As it is, to be applied once it is corrected.
    expect(readFileSync(kept, 'utf8')).toContain('workers: -1');
    expect(readFileSync(kept, 'utf8')).not.toContain('#');
    rmSync(join(kept, '..'), { recursive: true });
    expect(bucket.versions).toHaveLength(1);
  });
});

/** What happens while the editor is open, in which the workers become 6. */
async function meanwhile(happens: () => unknown): Promise<{ exitCode: number; message: string; next: string }> {
  const inFolder = (name: string) => join(program.directory, name);
  editor(`touch ${inFolder('open')}; while [ ! -e ${inFolder('save')} ]; do sleep 0.05; done; ${CHANGE}`);
  const ended = bbf('edit', '--no-wait').catch((error) => error);
  await expect.poll(() => existsSync(inFolder('open')), { timeout: 30_000 }).toBe(true);
  await happens();
  writeFileSync(inFolder('save'), '');
  return ended;
}
const CHANGE = `sed -i 's/workers: 1/workers: 6/' "$1"`;

describe('what is written in the editor', () => {
  const rivals: [what: string, happens: () => unknown, kind: keyof typeof exitCodes, message: string][] = [
    ['nothing answers any more', () => bucket.close(), 'unavailable', 'does not answer'],
    [
      'somebody else wrote the same field',
      () => put({ pools: { default: { workers: 2 } } }),
      'conflict',
      'somebody else changed spec.pools.default.workers of main',
    ],
    [
      'the cluster is being deleted',
      () => {
        put({ delete: { uid: 'u-1' } });
        bucket.put(statusKey('main'), JSON.stringify(statusDouble({ uid: 'u-1' })));
      },
      'conflict',
      'still being deleted',
    ],
  ];
  it.each(rivals)('is kept where it can not be written: %s', async (_, happens, kind, message) => {
    written();
    const failure = await meanwhile(happens);
    expect(failure).toMatchObject({ exitCode: exitCodes[kind], message: expect.stringContaining(message) });
    const [, kept = ''] = /^bbf: your text is in (\S+)$/m.exec(program.stderr()) ?? [];
    // As it was saved, to be applied.
    expect(readFileSync(kept, 'utf8')).toMatch(/^apiVersion: bbf\/v1\n[^#]* workers: 6\n$/);
    rmSync(join(kept, '..'), { recursive: true });
  });

  it('leaves no file behind once it is written', async () => {
    written();
    editor(`echo "$1" > ${join(program.directory, 'file')}; ${CHANGE}`);
    expect(await bbf('edit', '--no-wait')).toBe(0);
    const path = readFileSync(join(program.directory, 'file'), 'utf8').trim();
    expect(existsSync(join(path, '..'))).toBe(false);
  });
});

describe('a cluster that is gone when the editor ends', () => {
  it.each([
    ['without a trace', () => bucket.objects.delete(key)],
    ['and has left its tombstone', () => put({ delete: { uid: 'u-1' } })],
  ])('is not brought back: %s', async (_, happens) => {
    written();
    const failure = await meanwhile(happens);
    const there = document();
    expect(failure).toMatchObject({
      exitCode: exitCodes.conflict,
      message: 'main was deleted meanwhile; nothing was written',
      next: 'bbf create main',
    });
    expect(there?.spec.pools).toBe(undefined);
  });

  it('but goes on without its document, is told how that is put back', async () => {
    written();
    bucket.put(statusKey('main'), JSON.stringify(statusDouble({ uid: 'u-1' })));
    const failure = await meanwhile(() => bucket.objects.delete(key));
    expect(failure).toMatchObject({
      exitCode: exitCodes.notFound,
      next: expect.stringContaining('bbf rollback --cluster=main'),
    });
    expect(document()).toBe(null);
  });

  it('may be begun anew from its tombstone, where that was what the editor had', async () => {
    put({ delete: { uid: 'u-1' } });
    editor(
      `printf 'apiVersion: bbf/v1\\nkind: Cluster\\nmetadata: { name: main }\\nspec: { suspend: true }\\n' > "$1"`,
    );
    expect(await bbf('edit', '--no-wait')).toBe(0);
    expect(document().spec).toEqual({ suspend: true });
  });
});
