import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const documentOf = (spec: object, name = 'main') => ({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name },
  spec,
});
const want = (workers: number) => ({ pools: { default: { workers } } });

async function bbf(...argv: string[]): Promise<{ code: number; stdout: string }> {
  const before = world.program.stdout().length;
  const code = await dispatch(argv, world.program);
  return { code, stdout: world.program.stdout().slice(before) };
}

function file(content: object | string): string {
  const path = join(world.program.directory, 'edit.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('bbf plan', () => {
  it('answers 0 where there is nothing to do', async () => {
    await world.put(clusterKey('main'), documentOf({ suspend: true }));
    expect(await bbf('plan')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('a pass would now do nothing\n'),
    });
  });

  it('answers 2 and the whole plan where there is something to do, decided with the foundation’s images', async () => {
    const revision = await world.put(clusterKey('main'), documentOf(want(2)));
    const before = structuredClone(world.cloud.snapshot());
    const { code, stdout } = await bbf('plan', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: 'bbf/v1',
      kind: 'Plan',
      revision,
      changes: true,
      edits: [],
      pools: { default: { before: 0, after: 2 } },
    });
    expect(structuredClone(world.cloud.snapshot())).toEqual(before);
  });

  it('takes an edit from a file, and the cluster from its name', async () => {
    await world.put(clusterKey('ci'), documentOf(want(1), 'ci'));
    const before = structuredClone(world.cloud.snapshot());
    const { code, stdout } = await bbf('plan', '-f', file(documentOf(want(3), 'ci')), '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      cluster: 'ci',
      revision: null,
      edits: [{ path: 'pools.default.workers', before: 1, after: 3 }],
      pools: { default: { before: 0, after: 3 } },
    });
    expect(structuredClone(world.cloud.snapshot())).toEqual(before);
  });
});

describe('bbf plan --out', () => {
  it('says where the plan is, and how to carry it out', async () => {
    await world.put(clusterKey('main'), documentOf(want(1)));
    const out = join(world.program.directory, 'plan.json');
    await bbf('plan', '-f', file(documentOf(want(3))), '--out', out);
    expect(world.program.stderr()).toBe(`bbf: the plan is in ${out}: bbf apply -f ${out} carries it out\n`);
  });

  it('saves what bbf apply writes, and in which bucket', async () => {
    await world.put(clusterKey('main'), documentOf(want(1)));
    const out = join(world.program.directory, 'plan.json');
    await bbf('plan', '-f', file(documentOf(want(3))), '--out', out);
    const { edit } = JSON.parse(readFileSync(out, 'utf8')) as { edit: Record<string, unknown> };
    expect(edit).toMatchObject({ bucket: world.bucket, installation: 'bbf' });
    expect(await bbf('apply', '-f', out, '--no-wait')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('pools.default.workers: 1 → 3\n'),
    });
  });
});

describe('bbf plan answers 64', () => {
  it.each([
    ['a plan of no edit that is saved', ['--out', 'plan.json']],
    ['a field that is none', ['--json=chnages']],
    ['an expression that is none', ['--jq=.edits[']],
    ['a cluster that can’t be', ['--cluster=A/B']],
  ])('for %s', async (_, words) => {
    await world.put(clusterKey('main'), documentOf(want(1)));
    await expect(bbf('plan', ...words)).rejects.toMatchObject({ exitCode: exitCodes.usage });
  });
});

describe('bbf plan answers 1', () => {
  const noAnswer = (message: RegExp) => ({ exitCode: exitCodes.noAnswer, message: expect.stringMatching(message) });

  it('for a cluster that is not there', async () => {
    await expect(bbf('plan')).rejects.toMatchObject(noAnswer(/no cluster main/));
  });

  it('for a file that is not valid, and says where', async () => {
    const path = file('{"apiVersion":"bbf/v1","kind":"Cluster",\n"metadata":{"name":"main"},"spec":{"pool":{}}}');
    await expect(bbf('plan', '-f', path)).rejects.toMatchObject({
      ...noAnswer(/would not be valid/),
      details: [expect.stringMatching(/line 2.*pools/s)],
    });
  });

  it('for a file that is not there, or of another cluster', async () => {
    await expect(bbf('plan', '-f', '/nonesuch.json')).rejects.toMatchObject(noAnswer(/can't be read/));
    const path = file(documentOf({}, 'ci'));
    await expect(bbf('plan', '-f', path, '--cluster=main')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: `${path} is of cluster ci, and main was named`,
    });
  });

  it('where AWS refuses to be read', async () => {
    world.program.settings.aws.secretAccessKey = 'wrong';
    await expect(bbf('plan')).rejects.toMatchObject(noAnswer(/the secret key does not belong to the access key/));
  });
});

describe('bbf plan says what is wrong as other commands do', () => {
  it('with a plan in the place of a document', async () => {
    await world.put(clusterKey('main'), documentOf(want(1)));
    const out = join(world.program.directory, 'plan.json');
    await bbf('plan', '-f', file(documentOf(want(2))), '--out', out);
    await expect(bbf('plan', '-f', out)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      next: `bbf apply -f ${out}, which carries it out`,
    });
  });

  it('with keys that AWS does not know', async () => {
    Object.assign(world.program.settings.aws, { accessKeyId: 'AKIDNOBODY', profile: undefined });
    await expect(bbf('plan')).rejects.toMatchObject({
      exitCode: exitCodes.noAnswer,
      message: expect.stringContaining('AWS knows no such access key'),
    });
  });
});

it('bbf plan where nothing answers says what other commands say', async () => {
  const program = programDouble();
  await chooseContext(program, 'http://127.0.0.1:1');
  const failureOf = (command: string) => dispatch([command], program).catch((error) => error);
  const { message, next } = await failureOf('get');
  expect(message).toContain('does not answer');
  expect(await failureOf('plan')).toMatchObject({ exitCode: exitCodes.noAnswer, message, next });
});
