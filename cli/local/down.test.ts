import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig, saveContext } from '../context/config.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { keepStart } from './last-start.ts';

let program: ProgramDouble;
beforeEach(async () => {
  program = programDouble();
  for (const state of ['one', 'other']) {
    mkdirSync(inFolder(state));
    writeFileSync(join(inFolder(state), 'credentials'), '');
  }
  symlinkSync(program.directory, inFolder('alias'));
  await saveContext(program.settings, 'local', {
    region: 'us-east-1',
    bucket: 'b',
    installation: 'bbf',
    credentialsFile: join(inFolder('one'), 'credentials'),
  });
});

const inFolder = (name: string) => join(program.directory, name);
const down = (state: string) => dispatch(['local', 'down', `--state=${state}`, '--delete-data', '--yes'], program);
const contexts = async () => Object.keys((await readConfig(program.settings)).contexts);

it('a state that is deleted takes its context with it', async () => {
  expect(await down('one')).toBe(0);
  expect([existsSync(inFolder('one')), await contexts()]).toEqual([false, []]);
});

it('also one that is named by another path', async () => {
  expect(await down('alias/one')).toBe(0);
  expect([existsSync(inFolder('one')), await contexts()]).toEqual([false, []]);
});

it('the context of a local cloud with another state stays', async () => {
  expect(await down('other')).toBe(0);
  expect([existsSync(inFolder('other')), await contexts()]).toEqual([false, ['local']]);
  expect((await readConfig(program.settings)).current).toBe('local');
});

describe('a context that a set-up made at the endpoint of a local cloud', () => {
  const place = { region: 'us-east-1', bucket: 'b', installation: 'bbf' };
  const at = (port: number) => ({ ...place, endpoint: `http://127.0.0.1:${port}` });
  beforeEach(async () => {
    for (const [state, port] of [
      ['one', 4711],
      ['other', 4711],
    ] as const)
      keepStart(inFolder(state), { port, tasks: 'processes' });
    await saveContext(program.settings, 'aws', place);
    await saveContext(program.settings, 'elsewhere', at(4712));
    await saveContext(program.settings, 'bbf-us-east-1', at(4711));
  });

  it('goes with its state: nothing answers there any more', async () => {
    expect(await down('one')).toBe(0);
    expect(await contexts()).toEqual(['aws', 'elsewhere']);
    expect(program.stdout()).toContain(`deleted ${inFolder('one')}, context local, context bbf-us-east-1\n`);
  });

  it('stays where the cloud of another state has that endpoint', async () => {
    const credentialsFile = join(inFolder('one'), 'credentials');
    await saveContext(program.settings, 'local', { ...at(4711), credentialsFile });
    expect(await down('other')).toBe(0);
    expect(await contexts()).toEqual(['local', 'aws', 'elsewhere', 'bbf-us-east-1']);
  });
});

it('a folder that is no state stays', async () => {
  await expect(down('.')).rejects.toMatchObject({ exitCode: exitCodes.notFound });
  expect(await contexts()).toEqual(['local']);
});

describe('what bbf local env prints', () => {
  const LOCAL = {
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
  };
  const OTHERS = {
    AWS_SESSION_TOKEN: 'token',
    AWS_SECURITY_TOKEN: 'token',
    AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
    AWS_PROFILE: 'work',
    AWS_DEFAULT_PROFILE: 'work',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
    AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:9000',
    AWS_ACCESS_KEY_ID: 'ASIAWORK',
  };
  beforeEach(async () => {
    const credentialsFile = join(inFolder('one'), 'credentials');
    const keys = `aws_access_key_id = ${LOCAL.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${LOCAL.AWS_SECRET_ACCESS_KEY}`;
    writeFileSync(credentialsFile, `[local]\n${keys}\n`);
    const place = { region: LOCAL.AWS_REGION, bucket: 'b', installation: 'bbf', endpoint: LOCAL.AWS_ENDPOINT_URL };
    await saveContext(program.settings, 'local', { ...place, credentialsFile, profile: 'local' });
    expect(await dispatch(['local', 'env'], program)).toBe(0);
  });

  it.each([
    ['with keys of an account', OTHERS],
    ['without', {}],
  ])('leaves a shell %s nothing that AWS clients prefer', (_what, before) => {
    const env = { PATH: process.env.PATH, HOME: program.directory, ...before };
    const printed = execFileSync('sh', ['-euc', 'eval "$1"; env', 'sh', program.stdout()], {
      env,
      encoding: 'utf8',
    });
    const variables = printed.split('\n').filter((line) => line.startsWith('AWS_'));
    expect(Object.fromEntries(variables.map((line) => line.split(/=(.*)/s)))).toEqual(LOCAL);
  });
});
