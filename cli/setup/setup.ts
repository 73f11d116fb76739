/** `bbf setup`: an installation on AWS. */

import { NAME_PATTERN } from '../../config-schema/cluster.schema.ts';
import { DEFAULT_INSTALLATION } from '../../templates/names.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context/config.ts';
import { Failure } from '../failure.ts';
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
      serverImage: call.text('server-image'),
      workerImage: call.text('worker-image'),
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
