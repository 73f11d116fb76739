import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { clusterKey, statusKey } from '../config-schema/keys.ts';
import { dispatch } from './dispatch.ts';
import { exitCodes } from './exit-codes.ts';
import type { BucketDouble } from './testing/bucket-double.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import type { ProgramDouble } from './testing/program-double.ts';
import { condition, pool, statusDouble } from './testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);
const spec = (cluster = 'main') => JSON.parse(bucket.objects.get(clusterKey(cluster))?.text ?? '{}').spec;
const revision = () => bucket.objects.get(clusterKey('main'))?.version ?? null;
const publish = (status: Status) => void bucket.put(statusKey('main'), JSON.stringify(status));
const atRevision = (
  conditions: Status['conditions'] = [condition('Ready', 'True', 'Converged')],
  more: Partial<Status> = {},
) =>
  statusDouble({
    ...more,
    observedRevision: revision(),
    conditions: conditions.map((one) => ({ ...one, observedRevision: revision() })),
  });

describe('create and want', () => {
  it('make a document and change it, and say so', async () => {
    expect(await bbf('create', '--no-wait')).toBe(0);
    expect(await bbf('want', '--workers=3', '--no-wait')).toBe(0);
    expect(spec().pools).toEqual({ default: { workers: 3 } });
    expect(program.stdout()).toBe(
      'pools: (unset) → {"default":{}}\ncreated main, revision v1\npools.default.workers: (unset) → 3\nrevision v2\n',
    );
    expect(program.stderr()).toBe('');
  });

  it('wait until the reconciler has answered that revision', async () => {
    await bbf('create', '--no-wait');
    publish(atRevision());
    let looks = 0;
    program.onSleep = () => {
      looks += 1;
      if (looks === 2)
        publish(
          atRevision([condition('Ready', 'False', 'Starting', 'starting')], {
            pools: { default: pool(2, { wanted: 3 }) },
          }),
        );
      if (looks === 4) publish(atRevision());
    };
    expect(await bbf('want', '--workers=3')).toBe(0);
    expect(looks).toBe(4);
    expect(program.stderr()).toContain('pool default: 2 of 3 workers ready');
  });

  it('follow an edit that came later', async () => {
    await bbf('create', '--no-wait');
    publish(atRevision());
    let looks = 0;
    program.onSleep = () => {
      looks += 1;
      if (looks === 1) bucket.put(clusterKey('main'), bucket.objects.get(clusterKey('main'))?.text ?? '');
      if (looks === 1) publish(atRevision());
    };
    expect(await bbf('want', '--workers=3')).toBe(0);
  });

  it('end at once when the revision can’t come true', async () => {
    await bbf('create', '--no-wait');
    program.onSleep = () =>
      publish(
        atRevision([condition('Ready', 'False', 'X'), condition('Stalled', 'True', 'RolloutFailed', 'no image')]),
      );
    await expect(bbf('want', '--workers=1')).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: 'main is stalled: RolloutFailed: no image',
    });
  });

  it('end when time is up, and say what was still open', async () => {
    await bbf('create', '--no-wait');
    const failure = await bbf('want', '--workers=1', '--timeout=30s').catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: exitCodes.timeout, details: ['reconciler: has not looked yet'] });
  });

  const mistakes: [rule: string, argv: string[], exitCode: number, message: RegExp][] = [
    [
      'a cluster that is not there',
      ['want', '--workers=1', '--cluster=mian'],
      exitCodes.notFound,
      /no cluster mian .*did you mean main\?/,
    ],
    [
      'a pool that is not there',
      ['want', '--workers=1', '--pool=defautl'],
      exitCodes.notFound,
      /no pool defautl; did you mean default\?/,
    ],
    ['a cluster twice', ['create'], exitCodes.conflict, /exists already/],
    ['a name that is none', ['create', 'Big_One'], exitCodes.usage, /Big_One/],
    [
      'a context that is not there',
      ['status', '--context=tset'],
      exitCodes.notFound,
      /no context tset; did you mean test\?/,
    ],
    [
      'a wait of two lengths',
      ['want', '--workers=1', '--wait=5s', '--timeout=3s'],
      exitCodes.usage,
      /^--wait=5s and --timeout=3s mean the same, and differ$/,
    ],
    ['a wait that is none', ['want', '--workers=1', '--wait=soon'], exitCodes.usage, /^--wait=soon is not a duration/],
    ['no number at all', ['want'], exitCodes.usage, /needs a number/],
    ['a command that is not there', ['stauts'], exitCodes.usage, /did you mean status\?/],
    ['what no command can be called', ['//:x'], exitCodes.usage, /a command \/\/:x$/],
    ['a flag of another name before it', ['--clutser', 'x', 'status'], exitCodes.usage, /did you mean --cluster\?/],
    [
      'a command that gets no flags',
      ['flags', 'query'],
      exitCodes.usage,
      /^bbf adds no flags to query; there is build, test, run, coverage, aquery, cquery$/,
    ],
    ['a misspelt one', ['flags', 'tset'], exitCodes.usage, /^bbf adds no flags to tset; did you mean test\?$/],
    ['a short one with two letters in the wrong order', ['wnat'], exitCodes.usage, /did you mean want\?/],
    ['a short one that lacks a letter', ['wnt'], exitCodes.usage, /did you mean want\?/],
    [
      'a command of the system before',
      ['up', '--to=3'],
      exitCodes.usage,
      /^bbf has no command up: up was a command of bazel_bf \(docs\/migration\.md\)$/,
    ],
    ['a context where none is asked for', ['local', 'env', '--context=test'], exitCodes.usage, /takes no --context$/],
    ['a profile where AWS is not asked', ['contexts', '--profile=work'], exitCodes.usage, /takes no --profile$/],
    ['a profile without a name', ['status', '--profile='], exitCodes.usage, /--profile of bbf status needs a value/],
    ['a cluster without a name', ['--cluster=', 'build', '//:a'], exitCodes.usage, /--cluster needs a value/],
    ['such a one of a build', ['--profile=', 'build', '//:a'], exitCodes.usage, /--profile needs a value/],
    ['one before the command', ['--context=test', 'use', 'test'], exitCodes.usage, /bbf use .*takes no --context$/],
    ['half a command', ['local'], exitCodes.usage, /one word more/],
    ['a destructive one without a yes', ['delete', 'main'], exitCodes.usage, /no terminal to ask/],
    [
      'a Bazel startup option before bbf’s own command',
      ['--batch', 'status'],
      exitCodes.usage,
      /--batch is a flag of neither/,
    ],
  ];
  it.each(mistakes)('refuse %s', async (_rule, argv, exitCode, message) => {
    await bbf('create', '--no-wait');
    const before = revision();
    await expect(bbf(...argv)).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
    expect(revision()).toBe(before);
  });
});

describe('more workers than the pool may have', () => {
  it.each([
    ['--workers=25', 'pool arm may have 20 workers at most (workersMax), and 25 are wanted', '--workers=25 --max=25'],
    [
      '--workers=25 --max=24',
      'pool arm may have 24 workers at most (workersMax), and 25 are wanted',
      '--workers=25 --max=25',
    ],
    ['--max=2', 'pool arm may have 2 workers at most (workersMax), and 3 are wanted', '--workers=2 --max=2'],
  ])('%s: %s', async (typed, message, numbers) => {
    const where = ['--pool=arm', '--cluster=ci', '--context=test'];
    await bbf('create', 'ci', '--no-wait');
    const document = JSON.parse(bucket.objects.get(clusterKey('ci'))?.text ?? '{}');
    bucket.put(clusterKey('ci'), JSON.stringify({ ...document, spec: { pools: { arm: { workers: 3 } } } }));
    const next = `bbf want ${numbers} ${where.join(' ')}`;
    const failure = { exitCode: exitCodes.usage, message, next };
    await expect(bbf('want', ...typed.split(' '), ...where)).rejects.toMatchObject(failure);
    expect(await bbf(...next.split(' ').slice(1), '--no-wait')).toBe(0);
  });
});

describe('what is no command line’s mistake names the next command all the same', () => {
  it('a document without pools', async () => {
    await bbf('create', '--no-wait');
    const document = JSON.parse(bucket.objects.get(clusterKey('main'))?.text ?? '{}');
    bucket.put(clusterKey('main'), JSON.stringify({ ...document, spec: { pools: {} } }));
    const next = 'bbf edit --cluster=main, and add one to spec.pools';
    await expect(bbf('want', '--workers=1')).rejects.toMatchObject({ exitCode: exitCodes.notFound, next });
  });

  it('a status that is no JSON', async () => {
    bucket.put(statusKey('main'), '{');
    const next = 'bbf status after the next pass of the reconciler, which writes it anew; else bbf logs reconciler';
    await expect(bbf('status')).rejects.toMatchObject({ exitCode: exitCodes.protocol, next });
  });
});

describe('status', () => {
  it('is the document with --json, and nothing else', async () => {
    await bbf('create', '--no-wait');
    publish(atRevision());
    const before = program.stdout().length;
    await bbf('status', '--json');
    expect(JSON.parse(program.stdout().slice(before))).toEqual(atRevision());
  });

  it('is readable without', async () => {
    publish(statusDouble());
    await bbf('--cluster=main', 'status');
    expect(program.stdout()).toContain('main ready: everything that is wanted is running\n');
    expect(program.stdout()).toContain('pool default  ▰▰▰ 3/3 workers (');
  });

  it('shows each change until the cluster is gone', async () => {
    publish(statusDouble());
    let looks = 0;
    program.onSleep = () => {
      looks += 1;
      if (looks === 2) publish(statusDouble({ endpoint: null }));
      if (looks === 4) bucket.objects.delete(statusKey('main'));
    };
    expect(await bbf('status', '--watch', '--json')).toBe(0);
    expect(
      program
        .stdout()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).endpoint),
    ).toEqual(['127.0.0.9:8980', null]);
  });
});

describe('delete', () => {
  it('writes the tombstone, waits for the reconciler’s last act, and lets the name be used again', async () => {
    await bbf('create', '--no-wait');
    publish(atRevision());
    const { uid } = JSON.parse(bucket.objects.get(clusterKey('main'))?.text ?? '{}').metadata;
    program.onSleep = () => {
      expect(spec().delete).toEqual({ uid });
      bucket.objects.delete(statusKey('main'));
    };
    expect(await bbf('delete', 'main', '--yes')).toBe(0);
    expect([...bucket.objects.keys()]).toEqual([]);
    expect(await bbf('create', '--no-wait')).toBe(0);
  });
});

describe('delete of a document that somebody wrote by hand', () => {
  it('puts the uid that the status knows beside the tombstone, so that it holds without the status', async () => {
    bucket.put(
      clusterKey('main'),
      JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} }),
    );
    publish(statusDouble({ uid: 'uid-7' }));
    expect(await bbf('delete', 'main', '--yes', '--no-wait')).toBe(0);
    const { metadata } = JSON.parse(bucket.objects.get(clusterKey('main'))?.text ?? '{}');
    expect({ uid: metadata.uid, tombstone: spec().delete }).toEqual({ uid: 'uid-7', tombstone: { uid: 'uid-7' } });
  });
});

describe('help and version', () => {
  it.each([['--help'], ['help'], ['-h']])('%s lists every command', async (word) => {
    expect(await bbf(word)).toBe(0);
    for (const name of ['local up', 'want', 'teardown', '--bazel_bin']) expect(program.stdout()).toContain(name);
  });
  it.each([
    [['want', '--help']],
    [['help', 'want']],
    [['--help', 'want']],
    [['-h', 'want']],
    [['--cluster=x', 'want', '-h']],
    [['--cluster=x', 'help', 'want']],
  ])('%j shows a command’s own', async (argv) => {
    expect(await bbf(...argv)).toBe(0);
    expect(program.stdout()).toContain('bbf want [flags]');
  });
  it.each([[['local', '--help']], [['local', '-h']], [['help', 'local']], [['--help', 'local']]])(
    '%j lists the commands that begin with that word',
    async (argv) => {
      expect(await bbf(...argv)).toBe(0);
      expect(program.stdout()).toMatch(/^ {2}local down {2,}\S.*$/m);
      expect(program.stdout()).not.toContain('want');
    },
  );
  it('promise no context of a command that asks for none', async () => {
    await bbf('help', 'contexts');
    expect(program.stdout()).toContain('--help');
    expect(program.stdout()).not.toContain('--context');
  });
  it('tells the version', async () => {
    await bbf('--version');
    expect(program.stdout()).toMatch(/^bbf \d+\.\d+\.\d+/);
  });
});
