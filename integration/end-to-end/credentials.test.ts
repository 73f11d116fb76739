/** What the built program says where credentials are missing or over, with the AWS SDK's own chain and an AWS that refuses. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../cli/dispatch.ts';
import { describeFailure } from '../../cli/failure.ts';
import { cleanEnvironment, run } from '../installation.ts';
import { bbfProgram } from '../programs.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';

const CONFIG = `
[profile work]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Builder
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-3
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-west-3
sso_account_id = 111122223333
sso_role_name = Builder
[profile assumes]
role_arn = arn:aws:iam::111122223333:role/builder
source_profile = work
[profile program]
credential_process = /bin/false
[profile empty]
region = eu-west-3
`;
/** As `aws sso login` leaves it, once it is over. */
const OVER = { accessToken: 'token', expiresAt: '2020-01-01T00:00:00Z', region: 'eu-west-3' };

describe('without credentials', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'bbf-credentials-'));
    const cache = join(home, '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    mkdirSync(join(home, '.config', 'bbf'), { recursive: true });
    writeFileSync(join(home, '.aws', 'config'), CONFIG);
    for (const [session, startUrl] of [
      ['corp', 'https://corp.awsapps.com/start'],
      ['https://old.awsapps.com/start', 'https://old.awsapps.com/start'],
    ] as const) {
      const name = createHash('sha1').update(session).digest('hex');
      writeFileSync(join(cache, `${name}.json`), JSON.stringify({ ...OVER, startUrl }));
    }
    const contexts = { aws: { region: 'eu-west-3', bucket: 'bucket', installation: 'bbf' } };
    writeFileSync(join(home, '.config', 'bbf', 'config.json'), JSON.stringify({ current: 'aws', contexts }));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it.each([
    [
      'an SSO session that is over',
      'work',
      'the AWS SSO session of profile work has ended, or was never begun',
      'aws sso login --profile work',
    ],
    [
      'one in the older form',
      'old',
      'the AWS SSO session of profile old has ended, or was never begun',
      'aws sso login --profile old',
    ],
    [
      'a role behind one',
      'assumes',
      'the AWS SSO session of profile work has ended, or was never begun',
      'aws sso login --profile work',
    ],
    [
      'a program that gives none',
      'program',
      'profile program has its credentials from a program, which gave none',
      '/bin/false',
    ],
    [
      'a profile without any',
      'empty',
      'profile empty has no keys, and does not say where to get any',
      'aws configure --profile empty, or aws configure sso --profile empty',
    ],
    [
      'a profile that is not there',
      'wrok',
      'neither HOME/.aws/config nor HOME/.aws/credentials has a profile wrok; did you mean work?',
      'aws configure list-profiles',
    ],
    [
      'nothing at all',
      '',
      'no AWS credentials were found: neither AWS_ACCESS_KEY_ID, nor a default profile in HOME/.aws/config or HOME/.aws/credentials, nor a role of this machine',
      'AWS_PROFILE=NAME bbf …, aws configure, or bbf use local',
    ],
    [
      'half a pair of keys',
      '',
      'no AWS credentials were found: AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not',
      'set both, AWS_PROFILE=NAME bbf …, or bbf use local',
      { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' },
    ],
  ])('says what is wrong with %s', async (_what, profile, message, next, keys: Record<string, string> = {}) => {
    const env = cleanEnvironment({
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(profile && { AWS_PROFILE: profile }),
      ...keys,
    });
    const { code, stdout, stderr } = await run(process.execPath, [bbfProgram, 'status'], { env });
    const lines = stderr.replaceAll(home, 'HOME').trimEnd().split('\n');
    expect([code, stdout, lines[0], lines.at(-1)]).toEqual([77, '', `bbf: error: ${message}`, `  try: ${next}`]);
  });
});

describe('with credentials that AWS refuses', () => {
  const current = worldOfEachTest();
  let world: WorldOnPort;
  beforeEach(() => {
    world = current();
  });

  const said = async () => {
    const error = await dispatch(['status'], world.program).catch((thrown: unknown) => thrown);
    const { lines, exitCode } = describeFailure(error);
    return [exitCode, ...lines];
  };

  it('says that a session is over', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await world.iam.send(
      new CreateRoleCommand({ RoleName: 'job', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const { Credentials: keys } = await world.sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'job', DurationSeconds: 900 }),
    );
    Object.assign(world.program.settings.aws, {
      accessKeyId: keys?.AccessKeyId,
      secretAccessKey: keys?.SecretAccessKey,
      sessionToken: keys?.SessionToken,
    });
    await world.advance(901_000);
    expect(await said()).toEqual([
      77,
      'bbf: error: could not read clusters/main/status.json: the AWS credentials have expired',
      expect.stringMatching(/^ {2}ExpiredToken: /),
      '  try: aws sso login, or get new ones where they came from; bbf config shows which are used',
    ]);
  });

  it.each([
    [
      'a secret key of another',
      { secretAccessKey: 'wrong' },
      'the secret key does not belong to the access key',
      'SignatureDoesNotMatch',
    ],
    [
      'a key that nobody has',
      { accessKeyId: 'AKIANOBODY' },
      'AWS knows no such access key, or not with this session token',
      'InvalidAccessKeyId',
    ],
  ])('tells %s', async (_what, keys, message, code) => {
    Object.assign(world.program.settings.aws, keys);
    const [exitCode, first, detail] = await said();
    expect([exitCode, first]).toEqual([77, `bbf: error: could not read clusters/main/status.json: ${message}`]);
    expect(detail).toMatch(new RegExp(`^ {2}${code}: `));
  });
});
