import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { saveContext } from '../context/config.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

const key = clusterKey('main');
const bbf = (...argv: string[]) => dispatch(argv, program);
const document = () => JSON.parse(bucket.objects.get(key)?.text ?? '{}');
const file = (name: string, text: string) => {
  const path = join(program.directory, name);
  writeFileSync(path, text);
  return path;
};
const yaml = (spec: string, metadata = 'name: main') =>
  `apiVersion: bbf/v1\nkind: Cluster\nmetadata: { ${metadata} }\nspec: ${spec}\n`;
const written = async (spec = '{ pools: { default: { workers: 1 } } }') =>
  expect(await bbf('apply', '-f', file('cluster.yaml', yaml(spec)), '--no-wait')).toBe(0);
/** Somebody writes the spec at the moment of our next write. */
const rival = (spec: object) => bucket.faults.push(() => void bucket.put(key, JSON.stringify({ ...document(), spec })));

describe('bbf apply', () => {
  it('creates a cluster, then changes it, and says what changed', async () => {
    await written();
    const { uid } = document().metadata;
    expect(uid).toMatch(/^[0-9a-f-]{36}$/);
    await written('{ pools: { default: { workers: 2 } } }');
    expect(document().spec).toEqual({ pools: { default: { workers: 2 } } });
    expect(document().metadata).toMatchObject({ name: 'main', uid, reason: expect.stringContaining('bbf apply -f') });
    expect(program.stdout()).toContain('pools.default.workers: 1 → 2\nrevision v2\n');
  });

  it('only shows with --dry-run', async () => {
    await written();
    await bbf('apply', '-f', file('cluster.yaml', yaml('{ pools: { default: { workers: 5 } } }')), '--dry-run');
    expect(program.stdout()).toContain('pools.default.workers: 1 → 5\n');
    expect(bucket.versions).toHaveLength(1);
  });

  it('mends a document that is not even JSON', async () => {
    bucket.put(key, 'oops');
    await written();
    expect(document().spec.pools.default.workers).toBe(1);
  });

  it('writes nothing that is not valid', async () => {
    const text = file('cluster.yaml', yaml('{ pools: { default: { worker: 1 } } }'));
    await expect(bbf('apply', '-f', text)).rejects.toMatchObject({
      exitCode: exitCodes.invalidDocument,
      message: `the document in ${text} would not be valid`,
      next: 'did you mean "workers"?',
    });
    expect(bucket.versions).toEqual([]);
  });

  it('says of each of several problems how it is mended', async () => {
    const spec = '{ pools: { default: { worker: 1, slot: 1, memory: 1 } }, suspended: true }';
    const text = file('cluster.yaml', yaml(spec));
    const next = /^\/spec\/suspended: did you mean "suspend"\?; (\/spec\/pools\/default\/\w+: [^;]+; ){2}and 1 more$/;
    const failure = { details: { length: 4 }, next: expect.stringMatching(next) };
    await expect(bbf('apply', '-f', text)).rejects.toMatchObject(failure);
  });

  it('names the file or the input whose problems it tells', () => {
    const main = join(import.meta.dirname, '..', 'start.ts');
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const { status, stderr } = spawnSync(process.execPath, ['--import', loader, main, 'apply', '-f', '-'], {
      input: yaml('{ suspended: true }'),
      env: { HOME: program.directory },
      encoding: 'utf8',
    });
    expect([status, stderr.split('\n')[0]]).toEqual([
      exitCodes.invalidDocument,
      'bbf: error: the document from standard input would not be valid',
    ]);
  });

  it('keeps what a rival changed elsewhere, and stops where both changed the same', async () => {
    await written();
    rival({ pools: { default: { workers: 1 } }, suspend: true });
    await written('{ pools: { default: { workers: 4 } } }');
    expect(document().spec).toEqual({ pools: { default: { workers: 4 } }, suspend: true });
    rival({ pools: { default: { workers: 9 } }, suspend: true });
    const text = file('cluster.yaml', yaml('{ pools: { default: { workers: 5 } }, suspend: true }'));
    await expect(bbf('apply', '-f', text, '--no-wait')).rejects.toMatchObject({
      exitCode: exitCodes.conflict,
      details: ['yours: 5', 'theirs: 9'],
    });
    expect(document().spec.pools.default.workers).toBe(9);
  });

  it('refuses a document of a cluster that is gone', async () => {
    await written();
    const text = file('cluster.yaml', yaml('{}', 'name: main, uid: another'));
    await expect(bbf('apply', '-f', text)).rejects.toMatchObject({ exitCode: exitCodes.conflict });
  });

  /** A plan for what is there now, as `bbf plan --out` saves it in the installation that is in use. */
  const plan = async (name: string, more: object = {}) => {
    const [, { text, version }] = bucket.versions[0] ?? [key, { text: '', version: '' }];
    const { sha256Of } = await import('./saved-plan.ts');
    const planned = JSON.stringify({ ...JSON.parse(text), spec: { suspend: true } });
    const place = { bucket: 'documents', installation: 'bbf' };
    const edit = { document: planned, revision: version, sha256: sha256Of(text), ...place, ...more };
    return file(name, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Plan', cluster: 'main', edit }));
  };

  it('carries out a saved plan, unless the document has been written since', async () => {
    await written();
    const saved = await plan('plan.json');
    expect(await bbf('apply', '-f', saved, '--no-wait')).toBe(0);
    expect(document().spec).toEqual({ suspend: true });
    await expect(bbf('apply', '-f', saved, '--no-wait')).rejects.toMatchObject({
      exitCode: exitCodes.conflict,
      message: `the plan was made for revision v1, and main has been written since`,
    });
  });

  it.each([
    ['document', 'staging'],
    ['document', '--cluster=staging'],
    ['plan', 'staging'],
    ['plan', '--cluster=staging'],
  ])('writes no %s of main where %s is named', async (kind, named) => {
    await written();
    const path = kind === 'plan' ? await plan('plan.json') : join(program.directory, 'cluster.yaml');
    await expect(bbf('apply', named, '-f', path, '--no-wait')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: `${path} is of cluster main, and staging was named`,
      next: `bbf apply -f ${path} --no-wait`,
    });
    expect(bucket.versions).toHaveLength(1);
  });

  it.each([
    ['bucket', { bucket: 'others' }],
    ['installation', { installation: 'others' }],
  ])('writes no plan of another %s, and names the context of that', async (_what, place) => {
    await written();
    const context = { region: 'us-east-1', bucket: 'documents', installation: 'bbf', ...place };
    const saved = await plan('plan.json', place);
    const refused = (next: string) => ({
      exitCode: exitCodes.usage,
      message: `${saved} is for installation ${context.installation} in bucket ${context.bucket}, and context test is installation bbf in bucket documents`,
      next,
    });
    await expect(bbf('apply', '-f', saved, '--context=test')).rejects.toMatchObject(
      refused(`bbf contexts, then bbf apply -f ${saved} --context=NAME of that installation`),
    );
    await saveContext(program.settings, 'theirs', context);
    await expect(bbf('apply', '-f', saved, '--context=test')).rejects.toMatchObject(
      refused(`bbf apply -f ${saved} --context=theirs`),
    );
    expect(bucket.versions).toHaveLength(1);
  });

  it('writes no plan that does not say whose it is', async () => {
    await written();
    const saved = await plan('plan.json', { bucket: undefined });
    await expect(bbf('apply', '-f', saved)).rejects.toMatchObject({ exitCode: exitCodes.invalidDocument });
    expect(bucket.versions).toHaveLength(1);
  });
});

describe('what is allowed and hardly meant', () => {
  const WARNING =
    /^bbf: warning: \/spec\/budget\/usdPerHour: the budget does not pay for the server and one worker, so nothing can be built: 0\.01; raise it to 0\.\d\d, or make server and workers smaller\n$/;

  it('is written, and said by apply before and after, by every edit, and not where it is to be quiet', async () => {
    const path = file('cluster.yaml', yaml('{ pools: { default: {} }, budget: { usdPerHour: 0.01 } }'));
    for (const line of [
      ['apply', '-f', path, '--dry-run'],
      ['apply', '-f', path, '--no-wait'],
      ['want', '--workers=1', '--no-wait'],
    ]) {
      const before = program.stderr().length;
      expect(await bbf(...line)).toBe(0);
      expect(program.stderr().slice(before)).toMatch(WARNING);
    }
    const before = program.stderr().length;
    expect(await bbf('want', '--workers=0', '--no-wait', '--quiet')).toBe(0);
    expect(program.stderr().slice(before)).toBe('');
  });
});

describe('history', () => {
  beforeEach(async () => {
    await written();
    await bbf('want', '--workers=2', '--no-wait');
    await bbf('suspend', '--reason=lunch', '--no-wait');
  });

  it('tells who, why and what', async () => {
    await bbf('history', '--json');
    const { items } = JSON.parse(program.stdout().trim().split('\n').at(-1) ?? '') as {
      items: Record<string, unknown>[];
    };
    expect(items.map(({ revision, reason, changes }) => [revision, reason, changes])).toEqual([
      ['v3', 'lunch', [{ path: 'suspend', after: true }]],
      ['v2', 'bbf want --workers=2', [{ path: 'pools.default.workers', before: 1, after: 2 }]],
      ['v1', expect.any(String), [{ path: 'pools', after: { default: { workers: 1 } } }]],
    ]);
  });

  it('does not take the oldest that is kept for the first', async () => {
    await program.sleep(91 * 86_400_000);
    await bbf('history', '--jq=.items[] | [.revision, .changes == null]');
    expect(program.stdout()).toMatch(/\["v3",false\]\n\["v2",false\]\n\["v1",true\]\n$/);
    await bbf('history');
    expect(program.stdout()).toMatch(/ {4}not JSON, or what was before is none, or is no longer kept\n$/);
  });

  it('goes back further than S3 lists at once', async () => {
    const text = bucket.objects.get(key)?.text ?? '';
    for (let copy = 0; copy < 1_500; copy++) bucket.put(key, text);
    await bbf('history', '--limit=1');
    expect(program.stderr()).toContain('bbf: 1502 older ones: ');
    expect(await bbf('rollback', 'v2', '--no-wait')).toBe(0);
    expect(document().spec).toEqual({ pools: { default: { workers: 2 } } });
  });

  it('says how the older ones of that very cluster are seen', async () => {
    program.settings.cluster = 'main';
    await bbf('history', '--limit=1');
    expect(program.stderr()).toContain('bbf: 2 older ones: bbf history --cluster=main --limit=3\n');
    await bbf('history', '--limit=2', '--context=test');
    expect(program.stderr()).toContain('bbf: 1 older one: bbf --context=test history --cluster=main --limit=3\n');
  });

  it.each([
    ['apply', 'v4', () => ['-f', file('cluster.yaml', yaml('{ pools: { default: { workers: 7 } } }'))]],
    ['want', 'v4', () => ['--workers=7']],
    ['rollback', 'v4', () => ['~2']],
    ['create', 'v4', () => ['ci']],
    ['delete', 'v4', () => ['main', '--yes']],
  ])('has the reason that bbf %s was given', async (command, revision, more) => {
    expect(await bbf(command, ...more(), '--reason=a good one', '--no-wait')).toBe(0);
    expect(program.stdout()).toMatch(new RegExp(`.+: .+ → .+\\n.*revision ${revision}\\n$`));
    await bbf('history', command === 'create' ? 'ci' : 'main', '--jq=.items[0].reason');
    expect(program.stdout()).toMatch(/\na good one\n$/);
    const long = 'why '.repeat(1000);
    await expect(bbf(command, ...more(), `--reason=${long}`, '--no-wait')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: '--reason has 4000 characters, and 2048 are the most',
    });
  });

  it.each([
    ['the last edit', [], 'suspend: (unset) → true\n'],
    ['since a revision', ['~2'], 'pools.default.workers: 1 → 2\nsuspend: (unset) → true\n'],
    ['between two', ['@~2', '@~1'], 'pools.default.workers: 1 → 2\n'],
  ])('has differences: %s', async (_what, revisions, expected) => {
    const before = program.stdout();
    expect(await bbf('diff', ...revisions)).toBe(0);
    expect(program.stdout().slice(before.length)).toBe(expected);
  });

  it('goes back to an older spec by a new revision', async () => {
    expect(await bbf('rollback', '@~2', '--no-wait')).toBe(0);
    expect(document().spec).toEqual({ pools: { default: { workers: 1 } } });
    expect(document().metadata.reason).toBe('bbf rollback v1');
    expect(bucket.versions).toHaveLength(4);
  });

  it('does not go back over what a rival writes at that moment', async () => {
    rival({ pools: { default: { workers: 8 } }, suspend: true });
    await expect(bbf('rollback', '~2', '--no-wait')).rejects.toMatchObject({ exitCode: exitCodes.conflict });
    expect(document().spec.pools.default.workers).toBe(8);
  });

  it('prints YAML and JSON by -o, which an unknown --json is told of', async () => {
    await bbf('get', '-oyaml');
    expect(program.stdout()).toContain('spec:\n  pools:\n');
    await expect(bbf('get', '--json')).rejects.toMatchObject({ exitCode: exitCodes.usage, next: 'bbf get -o json' });
  });

  it('prints any revision', async () => {
    await bbf('get', '--revision=~2', '-o', 'yaml');
    expect(program.stdout()).toContain('spec:\n  pools:\n    default:\n      workers: 1\n');
    await expect(bbf('get', '--revision=nope')).rejects.toMatchObject({ exitCode: exitCodes.notFound });
  });
});
