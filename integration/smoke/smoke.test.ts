/** The smoke test of AWS, unchanged, against the local cloud. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceProgram } from '../../cli/testing/source-program.ts';
import { awsEnvironment } from '../end-to-end/cluster.ts';
import { writeShortLived } from '../end-to-end/workspace.ts';
import { type Installation, run, startInstallation } from '../installation.ts';
import { npmBazel, root } from '../programs.ts';

const LONG_MS = 300_000;

let installation: Installation;
let aws: Record<string, string>;
beforeAll(async () => {
  installation = await startInstallation();
  aws = await awsEnvironment(installation);
  const home = installation.env.HOME ?? '';
  mkdirSync(home, { recursive: true });
  writeShortLived(home, npmBazel());
}, LONG_MS);
afterAll(() => installation?.stop());

const program = sourceProgram('integration/smoke/smoke-aws.ts', 'integration/programs.ts');
const smoke = (flags: string[], more?: Record<string, string>) => started(program(), flags, more);
const started = ([node = '', ...source]: string[], flags: string[], more: Record<string, string> = {}) =>
  run(node, [...source, ...flags], { cwd: root, env: { ...installation.env, ...aws, ...more } });

/** Of all installations but the one that the local cloud has anyway. */
async function left(): Promise<string[]> {
  const access = {
    region: aws.AWS_REGION ?? '',
    endpoint: aws.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: aws.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: aws.AWS_SECRET_ACCESS_KEY ?? '' },
  };
  const { Stacks = [] } = await new CloudFormationClient(access).send(new DescribeStacksCommand({}));
  const { Buckets = [] } = await new S3Client({ ...access, forcePathStyle: true }).send(new ListBucketsCommand({}));
  const names = [...Stacks.map(({ StackName = '' }) => StackName), ...Buckets.map(({ Name = '' }) => Name)];
  return names.filter((name) => name.startsWith('smoke-'));
}

const SSO_PROFILE = `[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = eu-west-3
`;

/** Where no image can be pushed: programs of this machine stand for these. S3 tells of documents from the start. */
const FARM = ['--no-wait', '--server-image=bbf/farm-server', '--worker-image=bbf/farm-worker'];

describe('npm run smoke:aws', () => {
  it('says what it makes and costs, and makes nothing where nobody can agree', async () => {
    const { code, stdout, stderr } = await smoke([]);
    expect(code).toBe(64);
    expect(stdout).toMatch(
      /This makes installation smoke-[0-9a-f]{6} in us-east-1 at .*, account \d{12}, as arn:aws:iam::/,
    );
    expect(stdout).toMatch(/costs about \$0\.\d\d/);
    expect(stderr).toContain('nothing was made');
    expect(await left()).toEqual([]);
  });

  it.each([
    [
      'without credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_EC2_METADATA_DISABLED: 'true' },
      77,
      'no AWS credentials were found',
    ],
    ['with keys that nobody knows', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 77, 'could not ask AWS who you are'],
    ['with an SSO session that is over', { AWS_PROFILE: 'sso' }, 77, 'try: aws sso login --profile sso'],
    [
      'in a region that there is not',
      { AWS_REGION: 'eu-nowhere-1', AWS_ENDPOINT_URL: '' },
      69,
      'eu-nowhere-1.amazonaws.com',
    ],
    ['in China', { AWS_REGION: 'cn-north-1' }, 78, 'where Lambda has no Function URLs'],
    [
      'without a region',
      { AWS_REGION: '', AWS_DEFAULT_REGION: '' },
      64,
      'try: npm run smoke:aws -- --region=eu-west-3',
    ],
  ])('ends before it asks anything %s, with what to type', async (_, more, expected, words) => {
    const config = join(installation.directory, 'aws-config');
    writeFileSync(config, SSO_PROFILE);
    const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
    const { code, stdout, stderr } = await smoke(['--yes', ...FARM], { ...files, ...more });
    expect(code, stderr).toBe(expected);
    expect(stderr).toContain(words);
    expect(stderr).toContain('smoke: nothing was made');
    expect(stdout).toBe('');
  });

  it('says what it needs, begun from its source as npm run begins it', async () => {
    const source = [process.execPath, '--import', 'tsx', 'integration/smoke/smoke-aws.ts'];
    const { code, stderr } = await started(source, ['--help']);
    const needs =
      'credentials of AWS, a region, and, unless both images are named, a Docker engine that reaches Docker Hub';
    expect([code, stderr]).toEqual([0, expect.stringContaining(needs)]);
    expect(stderr).toMatch(/a bucket, a VPC .*costs about \$0\.\d\d/s);
  });

  it.each([['--nope'], ['--region'], ['surplus']])('refuses a command line that it does not know: %s', async (flag) => {
    const { code, stderr } = await smoke([flag]);
    expect(code).toBe(64);
    expect(stderr).toContain(flag);
    expect(stderr).toContain('try: npm run smoke:aws -- --help');
  });

  it('wants an action that lasts', async () => {
    const { code, stderr } = await smoke(['--yes', '--action-seconds=0']);
    expect([code, stderr]).toEqual([64, 'smoke: --action-seconds=0 is no number of seconds above 0\n']);
  });

  it('wants both images or none', async () => {
    const { code, stderr } = await smoke(['--yes', '--server-image=bbf/farm-server']);
    expect([code, stderr]).toEqual([64, 'smoke: --server-image and --worker-image go together\n']);
  });

  it('makes nothing where it could not build its images', async () => {
    const { code, stderr } = await smoke(['--yes'], { PATH: '/nowhere' });
    expect(code).toBe(69);
    expect(stderr).toContain('no Docker engine answers');
    expect(await left()).toEqual([]);
  });

  it(
    'lives a whole life and leaves nothing',
    async () => {
      const quick = ['--idle-after=6s', '--action-seconds=8'];
      const { code, stdout, stderr } = await smoke(['--yes', ...FARM, ...quick, `--bazel=${npmBazel().path}`]);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/inventory of bbf:installation=smoke-\w+: nothing is left/);
      expect(await left()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'tears down when a step fails, and fails',
    async () => {
      const { code, stdout } = await smoke(['--yes', ...FARM, '--idle-after=nonsense', '--bazel=/nowhere/bazel']);
      expect(code).toBe(1);
      expect(stdout).toMatch(/✓ .* bbf setup \d/);
      expect(stdout).toMatch(/✗ .* bbf create \d/);
      expect(stdout).toContain('smoke: FAILED');
      expect(await left()).toEqual([]);
    },
    LONG_MS,
  );
});
