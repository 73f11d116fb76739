/** What a person is told of an error of the AWS SDK's chain of credentials. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { readSettings } from '../settings.ts';
import { programDouble } from '../testing/program-double.ts';
import { LOCAL_ENV } from './credentials.ts';
import { noCredentials } from './no-credentials.ts';

const ROLE = 'arn:aws:iam::111122223333:role/builder';
const token = { AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token', AWS_ROLE_ARN: ROLE };
const refused = Object.assign(new Error('Not authorized to perform sts:AssumeRoleWithWebIdentity'), {
  name: 'AccessDenied',
  $metadata: { httpStatusCode: 403 },
});
const unreachable = Object.assign(new Error('getaddrinfo ENOTFOUND sts.amazonaws.com'), { code: 'ENOTFOUND' });
const nothing = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
});
const OF_TOKEN = `AWS STS gave no credentials of role ${ROLE} for the token in AWS_WEB_IDENTITY_TOKEN_FILE, /run/token`;
const KEYLESS = '[default]\nregion = eu-west-3\n';
const OTHER = `[profile other]\nrole_arn = ${ROLE}\nsource_profile = keys\n[profile keys]\naws_access_key_id = AKID\n`;

it.each([
  ['a token that STS refuses', token, '', undefined, refused, 'permission', OF_TOKEN],
  ['one, and a default profile without keys', token, KEYLESS, undefined, refused, 'permission', OF_TOKEN],
  ['one, while STS is out of reach', token, '', undefined, unreachable, 'unavailable', OF_TOKEN],
  [
    'a token for no role',
    { AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token' },
    '',
    undefined,
    nothing,
    'permission',
    'no AWS credentials were found: AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not',
  ],
  [
    'the role of a task',
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1' },
    '',
    undefined,
    nothing,
    'permission',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, and http://169.254.170.2/v2/credentials/1 gave no credentials',
  ],
  [
    'the role of a pod',
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' },
    '',
    undefined,
    nothing,
    'permission',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI is set, and http://169.254.170.23/v1/credentials gave no credentials',
  ],
  [
    'a profile, whatever else is set',
    token,
    OTHER,
    'other',
    refused,
    'permission',
    `profile other could not take the role ${ROLE}`,
  ],
  [
    'a profile, while STS is out of reach',
    {},
    OTHER,
    'other',
    unreachable,
    'unavailable',
    `profile other could not take the role ${ROLE}`,
  ],
] as const)('of %s, the cause is told', (_what, env, config, profile, error, kind, message) => {
  const { directory } = programDouble();
  const configFile = join(directory, 'config');
  writeFileSync(configFile, config);
  const settings = readSettings({
    env: { HOME: directory, AWS_CONFIG_FILE: configFile, ...env },
    cwd: directory,
    program: 'bbf',
    onTerminal: false,
  });
  const failure = noCredentials(error, profile, settings);
  expect(failure).toMatchObject({ exitCode: exitCodes[kind], message });
  if (error !== nothing) expect(failure.details).toEqual([error.message]);
});

it.each([
  [undefined, 'bbf use local'],
  [LOCAL_ENV, 'eval "$(bbf local env)"'],
])('where nothing is found, the local cloud is offered as whoever asks can have it: %s', (toLocalCloud, offered) => {
  const { settings } = programDouble();
  Object.assign(settings.aws, { accessKeyId: undefined, secretAccessKey: undefined });
  const { next } = noCredentials(nothing, undefined, settings, toLocalCloud);
  expect(next).toBe(`AWS_PROFILE=NAME bbf …, aws configure, or ${offered}`);
});
