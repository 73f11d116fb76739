/** The smoke test of AWS, unchanged, against the local cloud. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsEnvironment } from '../end-to-end/cluster.ts';
import { type Installation, run, startInstallation } from '../installation.ts';
import { npmBazel, root } from '../programs.ts';

const LONG_MS = 300_000;

let installation: Installation;
let aws: Record<string, string>;
beforeAll(async () => {
  installation = await startInstallation();
  aws = await awsEnvironment(installation);
}, LONG_MS);
afterAll(() => installation?.stop());

const smoke = (flags: string[], more: Record<string, string> = {}) =>
  run(process.execPath, ['--import', 'tsx', 'integration/smoke/smoke-aws.ts', ...flags], {
    cwd: root,
    env: { ...installation.env, ...aws, ...more },
  });

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

/** Where no image can be pushed: programs of this machine stand for these. S3 tells of documents from the start. */
const FARM = ['--no-wait', '--server-image=bbf/farm-server', '--worker-image=bbf/farm-worker'];

describe('npm run smoke:aws', () => {
  it('says what it makes and costs, and makes nothing where nobody can agree', async () => {
    const { code, stdout, stderr } = await smoke([]);
    expect(code).toBe(64);
    expect(stdout).toMatch(/This makes installation smoke-[0-9a-f]{6} in us-east-1/);
    expect(stdout).toMatch(/costs about \$0\.\d\d/);
    expect(stderr).toContain('nothing was made');
    expect(await left()).toEqual([]);
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
      const { code, stdout, stderr } = await smoke(['--yes', ...FARM, '--idle-after=6s', `--bazel=${npmBazel().path}`]);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/inventory of bbf:installation=smoke-\w+: nothing is left/);
      expect(await left()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'tears down when a step fails, and fails',
    async () => {
      const { code, stdout } = await smoke(['--yes', ...FARM, '--bazel=/nowhere/bazel']);
      expect(code).toBe(1);
      expect(stdout).toContain('smoke: FAILED');
      expect(await left()).toEqual([]);
    },
    LONG_MS,
  );
});
