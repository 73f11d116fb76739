/** `bbf bootstrap-policy`: the policy of whoever runs set-up, as JSON for `aws iam put-role-policy`. */
import { DEFAULT_INSTALLATION } from '../../templates/names.ts';
import type { Call, Program } from '../command.ts';
import { chosenRegion } from '../context/chosen-region.ts';
import { Failure } from '../failure.ts';
import { bootstrapPolicy, policyCharacters, ROLE_POLICY_CHARACTERS_MAX } from './bootstrap-policy.ts';
import { refuseOtherPartitions } from './regions.ts';

export async function bootstrapPolicyCommand(call: Call, { settings, terminal }: Program): Promise<number> {
  const region = call.text('region') ?? chosenRegion(settings, 'bbf bootstrap-policy');
  refuseOtherPartitions(region);
  const account = call.text('account') ?? '*';
  if (account !== '*' && !/^\d{12}$/.test(account))
    throw new Failure('usage', `--account=${account} is no account: it has twelve digits`, {
      next: 'aws sts get-caller-identity, which tells it',
    });
  const installation = call.text('name') ?? DEFAULT_INSTALLATION;
  const bucket = call.text('bucket') ?? `${installation}-${account}-${region}`;
  const boundary = call.text('permissions-boundary');
  const policy = bootstrapPolicy({ account, region, installation, bucket, boundary });
  terminal.result.write(`${JSON.stringify(policy, null, 2)}\n`);
  const characters = policyCharacters(policy);
  if (characters > ROLE_POLICY_CHARACTERS_MAX)
    terminal.notes.write(
      `note: ${characters} characters without white space, and IAM takes ${ROLE_POLICY_CHARACTERS_MAX} as a role's inline policies: shorten the names in it, or put its statements into two managed policies, of 6144 each\n`,
    );
  return 0;
}
