import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { type BucketDouble, openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { choose } from './choices.ts';
import { configPath, saveContext } from './config.ts';

let program: ProgramDouble;
let bucket: BucketDouble;
beforeEach(async () => {
  program = programDouble();
  bucket = await openBucketDouble();
  await chooseContext(program, bucket.endpoint);
});
afterEach(async () => {
  rmSync(program.directory, { recursive: true, force: true });
  await bucket.close();
});

const AUTHORITY = '../access/authority.json#';
const ELSEWHERE = '/../../../../.config/bbf/config';

describe('the name of a cluster', () => {
  it.each([
    ['status', AUTHORITY],
    ['status', `--cluster=${ELSEWHERE}`],
    ['login', `--cluster=${ELSEWHERE}`],
    ['leases', AUTHORITY],
    ['leases', 'release', 'some-lease', `--cluster=${AUTHORITY}`],
    ['create', AUTHORITY],
    ['delete', AUTHORITY, '--yes'],
    ['want', '--workers=1', '--cluster=main?versionId=x'],
    [`--cluster=${ELSEWHERE}`, 'build', '//:a'],
    ['get', 'a'.repeat(25)],
  ])('leads no command elsewhere: %s %s', async (...line) => {
    await expect(dispatch(line, program)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringMatching(/^".*" is no name of a cluster: expected up to 24 lower case letters/),
      next: expect.stringMatching(/./),
    });
    expect(bucket.requests).toEqual([]);
  });

  it('nor the environment, and it is said where it stands', async () => {
    const settings = { ...program.settings, cluster: AUTHORITY };
    await expect(dispatch(['status'], { ...program, settings })).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringContaining(`BBF_CLUSTER: "${AUTHORITY}" is no name of a cluster`),
    });
  });

  it('nor a saved plan', async () => {
    const file = join(program.directory, 'plan.json');
    const edit = { document: '{}', revision: null, sha256: null, bucket: 'documents', installation: 'bbf' };
    writeFileSync(file, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Plan', cluster: AUTHORITY, edit }));
    await expect(dispatch(['apply', '-f', file], program)).rejects.toMatchObject({ exitCode: exitCodes.usage });
    expect(bucket.requests).toEqual([]);
  });
});

const good = { region: 'eu-west-3', bucket: 'bbf-123456789012-eu-west-3', installation: 'bbf' };
const wrong = [
  ['region', 'evil.example/#'],
  ['region', 'eu-west-3.evil.example'],
  ['region', ''],
  ['bucket', 'evil.example/'],
  ['bucket', 'user:password@evil.example'],
  ['bucket', 'UPPER'],
  ['bucket', 'a..b'],
  ['bucket', 'ab'],
  ['bucket', 'a'.repeat(64)],
  ['bucket', '127.0.0.1'],
  ['installation', '../x'],
  ['installation', 'a--b'],
  ['installation', 'a'.repeat(21)],
] as const;

describe('where an installation is', () => {
  it.each(wrong)('is not in .bbf.json with %s %j', async (field, value) => {
    const path = join(program.directory, '.bbf.json');
    writeFileSync(path, JSON.stringify({ context: { ...good, [field]: value } }));
    await expect(choose(program.settings, {})).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: expect.stringContaining(`${path}: ${JSON.stringify(value)} is no `),
      next: expect.stringContaining(path),
    });
  });

  it.each(wrong)('is not in the configuration with %s %j', async (field, value) => {
    await saveContext(program.settings, 'bad', { ...good, [field]: value });
    await expect(choose(program.settings, {})).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: expect.stringContaining(`${configPath(program.settings)}: ${JSON.stringify(value)} is no `),
    });
    // One that is not meant is in nobody's way.
    expect((await choose(program.settings, { context: 'test' })).context.bucket).toBe('documents');
  });

  it.each([
    ['--region=eu-west-3', '--region=evil.example/#'],
    ['--bucket=bbf-123456789012-eu-west-3', '--region=eu-west-3', '--bucket=evil.example/'],
    ['--name=bbf', '--region=eu-west-3', '--name=../x'],
  ])('is not what is to be typed as %s: %s %s', async (right, ...flags) => {
    for (const command of ['setup', 'teardown'])
      await expect(dispatch([command, '--yes', ...flags], program)).rejects.toMatchObject({
        exitCode: exitCodes.usage,
        message: expect.stringMatching(/^--(region|bucket|name): ".*" is no /),
        next: `the same with ${right}`,
      });
  });

  it.each(['eu-west-3', 'us-gov-west-1', 'ap-southeast-7', 'cn-north-1', 'us-isob-east-1', 'eusc-de-east-1'])(
    'may be region %s',
    async (region) => {
      writeFileSync(join(program.directory, '.bbf.json'), JSON.stringify({ context: { ...good, region } }));
      expect((await choose(program.settings, {})).context.region).toBe(region);
    },
  );

  it('has a cluster that is checked too', async () => {
    const path = join(program.directory, '.bbf.json');
    writeFileSync(path, JSON.stringify({ cluster: AUTHORITY }));
    await expect(choose(program.settings, {})).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: expect.stringContaining(`${path}: "${AUTHORITY}" is no name of a cluster`),
    });
  });

  it('is in no context that every object has', async () => {
    await expect(choose(program.settings, { context: 'constructor' })).rejects.toMatchObject({
      exitCode: exitCodes.notFound,
    });
  });
});
