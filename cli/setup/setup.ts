/** `bbf setup`: an installation on AWS. */
import { isIPv4 } from 'node:net';
import { NAME_PATTERN } from '../../config-schema/cluster.schema.ts';
import { RETENTION_DAYS } from '../../templates/logs.ts';
import { DEFAULT_INSTALLATION } from '../../templates/names.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context/config.ts';
import { Failure } from '../failure.ts';
import type { FoundationChoices } from './foundation.ts';
import { setUp } from './set-up.ts';

export async function setup(call: Call, program: Program): Promise<number> {
  const { aws } = program.settings;
  const region = call.text('region') ?? aws.region;
  if (region === undefined)
    throw new Failure('usage', 'bbf setup needs a region: none was given, and AWS_REGION is not set', {
      next: 'bbf setup --region=eu-west-3',
    });
  const installation = installationName(call.text('name'));
  const contextName = call.text('context') ?? `${installation}-${region}`;
  const profile = aws.profile;
  const context: Omit<Context, 'bucket'> = {
    region,
    installation,
    ...(profile === undefined ? {} : { profile }),
    ...(aws.endpoint === undefined ? {} : { endpoint: aws.endpoint }),
  };
  const saved = await setUp(
    {
      contextName,
      context: { ...context, bucket: call.text('bucket') },
      choices: choicesOf(call),
      conditionalWrites: call.choice('enforce-conditional-writes'),
      downgrade: call.has('downgrade'),
      confirm: (what) => confirm(program, call.has('yes'), what, 'bbf setup'),
    },
    program,
  );
  program.terminal.result.write(`context ${contextName}: bucket ${saved.bucket} in ${region}\n`);
  return 0;
}

/** Together with the longest suffix and region, a role's name stays within IAM's 64 characters. */
const INSTALLATION_CHARACTERS_MAX = 20;

/** Part of role and stack names, as the names of clusters are. */
function installationName(name = DEFAULT_INSTALLATION): string {
  if (new RegExp(NAME_PATTERN).test(name) && name.length <= INSTALLATION_CHARACTERS_MAX) return name;
  throw new Failure('usage', `--name=${name} is no name for an installation`, {
    next: `--name=bbf: up to ${INSTALLATION_CHARACTERS_MAX} lower case letters, digits and single dashes`,
  });
}

function choicesOf(call: Call): FoundationChoices {
  const network = networkOf(call);
  return {
    ...network,
    ClientCidr: checked(call, 'client-cidr', isCidr, 'an IPv4 block', '203.0.113.0/24'),
    PermissionsBoundary: checked(
      call,
      'permissions-boundary',
      (text) => /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/\S+$/.test(text),
      'the ARN of a policy',
      'arn:aws:iam::123456789012:policy/boundary',
    ),
    ImageRepositories: call.text('image-repositories'),
    LogRetentionDays: checked(
      call,
      'log-retention-days',
      (text) => RETENTION_DAYS.map(String).includes(text),
      `one of ${RETENTION_DAYS.join(', ')}`,
      '30',
    ),
    LogGroup: call.text('log-group'),
    ServerImage: call.text('server-image'),
    WorkerImage: call.text('worker-image'),
  };
}

function networkOf(call: Call): Pick<FoundationChoices, 'VpcId' | 'SubnetIds'> {
  const vpcId = call.text('vpc-id');
  const subnetIds = call
    .text('subnet-ids')
    ?.split(/[\s,]+/)
    .filter(Boolean);
  if (vpcId === undefined && subnetIds === undefined) return {};
  if (vpcId === undefined || subnetIds === undefined || subnetIds.length === 0)
    throw new Failure('usage', '--vpc-id and --subnet-ids go together: a network is both', {
      next: 'bbf setup --vpc-id=vpc-0123 --subnet-ids=subnet-0123,subnet-4567',
    });
  return { VpcId: vpcId, SubnetIds: [...new Set(subnetIds)].join(',') };
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
}

function checked(
  call: Call,
  flag: string,
  test: (text: string) => boolean,
  what: string,
  example: string,
): string | undefined {
  const text = call.text(flag);
  if (text === undefined || test(text)) return text;
  throw new Failure('usage', `--${flag}=${text} is not ${what}`, { next: `--${flag}=${example}` });
}
