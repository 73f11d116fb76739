import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { readSettings } from '../settings.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { choose } from './choices.ts';
import { configPath, readConfig, removeContext, saveContext } from './config.ts';
import { credentialSource, parseCredentials } from './credentials.ts';
import { withProfile } from './named-profile.ts';

let program: ProgramDouble;
beforeEach(() => {
  program = programDouble();
});
afterEach(() => rmSync(program.directory, { recursive: true, force: true }));

const context = { region: 'us-east-1', bucket: 'bucket', installation: 'bbf' };

describe('the configuration', () => {
  it('is empty without a file, and keeps contexts for their owner only', async () => {
    expect(await readConfig(program.settings)).toEqual({ current: undefined, contexts: {} });
    await saveContext(program.settings, 'one', context);
    await saveContext(program.settings, 'two', context);
    expect(await readConfig(program.settings)).toEqual({ current: 'two', contexts: { one: context, two: context } });
    expect(statSync(configPath(program.settings)).mode & 0o777).toBe(0o600);
  });

  it('keeps what a later bbf has written into it', async () => {
    await saveContext(program.settings, 'one', { ...context, later: 1 } as typeof context);
    const path = configPath(program.settings);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), telemetry: false }));
    await saveContext(program.settings, 'two', context);
    await dispatch(['use', 'one'], program);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      telemetry: false,
      current: 'one',
      contexts: { one: { ...context, later: 1 }, two: context },
    });
    await removeContext(program.settings, 'one');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ telemetry: false, contexts: { two: context } });
  });

  it.each([
    ['{', 'is not JSON'],
    ['"local"', 'is "local", which is no object'],
    ['[]', 'is \\[\\], which is no object'],
    ['{"contexts":{"one":{"region":"r","installation":"i"}}}', 'context one in .* has no bucket'],
  ])('%s is refused', async (text, message) => {
    mkdirSync(program.settings.configDirectory, { recursive: true });
    writeFileSync(configPath(program.settings), text);
    await expect(readConfig(program.settings)).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: expect.stringMatching(message),
    });
  });
});

const file = `# comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=a/b+c==
[profile other]
  aws_access_key_id=AKIAOTHER
  AWS_SECRET_ACCESS_KEY = s
aws_session_token = t
[sso]
sso_start_url = https://example.com
`;

describe('credentials', () => {
  it('are read from the shared format', () => {
    expect(parseCredentials(file)).toEqual({
      default: { accessKeyId: 'AKIADEFAULT', secretAccessKey: 'a/b+c==', sessionToken: undefined },
      other: { accessKeyId: 'AKIAOTHER', secretAccessKey: 's', sessionToken: 't' },
    });
  });

  it('are those of the profile that the command line names, before the environment’s', async () => {
    const credentialsFile = join(program.directory, 'credentials');
    writeFileSync(credentialsFile, file);
    Object.assign(program.settings.aws, { credentialsFile, profile: 'default' });
    const named = withProfile(program, 'other').settings;
    expect((await credentialSource({ profile: 'default' }, named)()).accessKeyId).toBe('AKIAOTHER');
    await saveContext(program.settings, 'one', context);
    const shown = async (...flags: string[]) => {
      const before = program.stdout().length;
      await dispatch(['config', '--jq=.items[]|select(.name=="credentials")|[.value,.from]', ...flags], program);
      return JSON.parse(program.stdout().slice(before));
    };
    expect(await shown()).toEqual(['profile default', 'AWS_PROFILE']);
    expect(await shown('--profile=other')).toEqual(['profile other', '--profile']);
  });

  it.each([['status'], ['build', '//:a']])(
    'of a context with a file of its own are not chosen by a flag: %s',
    async (...line) => {
      await saveContext(program.settings, 'local', { ...context, credentialsFile: '/own/file', profile: 'bbf-local' });
      await expect(dispatch(['--profile=other', ...line], program)).rejects.toMatchObject({
        exitCode: exitCodes.usage,
        message: '--profile=other changes nothing: this context has its own /own/file',
      });
    },
  );

  it('are not the keys of a profile that assumes a role with them', async () => {
    const credentialsFile = join(program.directory, 'credentials');
    const configFile = join(program.directory, 'config');
    writeFileSync(credentialsFile, file);
    writeFileSync(configFile, '[profile other]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = nobody\n');
    const { settings } = program;
    Object.assign(settings.aws, { credentialsFile, configFile, profile: 'other' });
    await expect(credentialSource({}, settings)()).rejects.toMatchObject({ exitCode: exitCodes.permission });
  });

  it('are those of the context’s profile, else of the environment, else of the file', async () => {
    const credentialsFile = join(program.directory, 'credentials');
    writeFileSync(credentialsFile, file);
    const { settings } = program;
    const keyOf = async (...arguments_: Parameters<typeof credentialSource>) =>
      (await credentialSource(...arguments_)()).accessKeyId;
    expect(await keyOf({ credentialsFile, profile: 'other' }, settings)).toBe('AKIAOTHER');
    expect(await keyOf({}, settings)).toBe('AKIDEXAMPLE');
    const aws = { ...settings.aws, accessKeyId: undefined, credentialsFile };
    expect(await keyOf({}, { ...settings, aws })).toBe('AKIADEFAULT');
    expect(await keyOf({}, { ...settings, aws: { ...aws, profile: 'other' } })).toBe('AKIAOTHER');
    await expect(keyOf({ credentialsFile, profile: 'gone' }, settings)).rejects.toMatchObject({
      exitCode: exitCodes.permission,
    });
  });
});

describe('what is meant', () => {
  const inline = { region: 'eu-west-3', bucket: 'shared', installation: 'team' };
  const project = (value: unknown, ...folders: string[]) => {
    const folder = join(program.directory, ...folders);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.bbf.json'), JSON.stringify(value));
  };
  beforeEach(async () => {
    await saveContext(program.settings, 'one', { ...context, cluster: 'ones' });
    await saveContext(program.settings, 'two', context);
  });

  it.each([
    ['the current context, and its main', {}, undefined, {}, 'two', 'main'],
    ['the nearest .bbf.json', {}, { context: 'one' }, {}, 'one', 'ones'],
    ['its cluster', {}, { cluster: 'ci' }, {}, 'two', 'ci'],
    ['an installation that stands in it', {}, { context: inline }, {}, 'team-eu-west-3', 'main'],
    [
      'the environment before the file',
      { context: 'two', cluster: 'env' },
      { context: 'one', cluster: 'ci' },
      {},
      'two',
      'env',
    ],
    [
      'the command line before all',
      { context: 'two', cluster: 'env' },
      { cluster: 'ci' },
      { context: 'one', cluster: 'line' },
      'one',
      'line',
    ],
  ])('is %s', async (_what, environment, file, named, contextName, cluster) => {
    if (file !== undefined) project(file);
    const cwd = join(program.directory, 'a', 'b');
    mkdirSync(cwd, { recursive: true });
    const choices = await choose({ ...program.settings, ...environment, cwd }, named);
    expect([choices.contextName.value, choices.cluster.value]).toEqual([contextName, cluster]);
  });

  it.each([
    ['no JSON', '{'],
    ['a field that nobody knows', '{"contxt":"one"}'],
    [
      'an endpoint: whose requests go where is the user’s to say',
      JSON.stringify({ context: { ...inline, endpoint: 'http://x' } }),
    ],
    ['a number', '{"cluster":1}'],
  ])('can’t be told from %s', async (_what, text) => {
    writeFileSync(join(program.directory, '.bbf.json'), text);
    await expect(choose(program.settings, {})).rejects.toMatchObject({ exitCode: exitCodes.configuration });
  });

  it('stands under headings', async () => {
    await dispatch(['contexts'], program);
    expect(program.stdout()).toMatch(/^ +NAME +WHERE +REGION +BUCKET +INSTALLATION$/m);
  });

  it('is one of those that are listed', async () => {
    await dispatch(['contexts', '--json'], program);
    const listed = JSON.parse(program.stdout());
    expect(listed).toMatchObject({
      apiVersion: 'bbf/v1',
      kind: 'Contexts',
      current: 'two',
      contexts: { two: context },
    });
  });

  it('is shown with who says so', async () => {
    project({ cluster: 'ci' });
    await dispatch(['config', '--json'], program);
    const { items } = JSON.parse(program.stdout()) as { items: { name: string; value: string; from: string }[] };
    expect(items).toContainEqual({ name: 'cluster', value: 'ci', from: join(program.directory, '.bbf.json') });
    expect(items).toContainEqual({ name: 'context', value: 'two', from: configPath(program.settings) });
    expect(items).toContainEqual({ name: 'credentials', value: 'key AKIDEXAMPLE', from: 'AWS_ACCESS_KEY_ID' });
  });

  it.each([
    [{}, ['on the farm', 'default'], ['1', 'default']],
    [
      { BUILD_LOCAL: '1', BUILD_WORKERS: '4' },
      ['in containers of this machine', 'BUILD_LOCAL'],
      ['4', 'BUILD_WORKERS'],
    ],
    [{ BUILD_LOCAL: 'no' }, ['on the farm', 'BUILD_LOCAL'], ['1', 'default']],
  ])('is shown with what builds take from the environment: %j', async (env, builds, workers) => {
    const start = { env: { ...program.settings.childEnvironment, ...env }, cwd: program.directory };
    Object.assign(program.settings, readSettings({ ...start, program: program.settings.program, onTerminal: false }));
    const jq = '[.items[]|select(.name=="builds" or .name=="workers")|[.value,.from]]';
    await dispatch(['config', `--jq=${jq}`], program);
    expect(JSON.parse(program.stdout())).toEqual([builds, workers]);
  });
});

it('says who names a context that is not there, and shows the settings that it has all the same', async () => {
  await saveContext(program.settings, 'one', context);
  program.settings.context = 'nope';
  const missing = { exitCode: exitCodes.notFound, message: expect.stringContaining('nope, which BBF_CONTEXT names') };
  await expect(dispatch(['status'], program)).rejects.toMatchObject(missing);
  await expect(dispatch(['config'], program)).rejects.toMatchObject(missing);
  expect(program.stdout()).toMatch(/^context +nope +BBF_CONTEXT$/m);
  expect(program.stdout()).toMatch(/^bazel /m);
});
