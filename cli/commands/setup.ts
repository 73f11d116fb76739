/** `bbf setup` and `bbf teardown` */
import { type Command, profileFlag } from '../command.ts';

export const setupCommand: Command = {
  name: 'setup',
  summary: 'make an installation on AWS, or bring it up to date',
  description:
    'Shows what it will make or change and asks, then makes the bucket, uploads the reconciler and deploys the foundation stack. Running it again repairs and upgrades; what no flag names stays as it is.',
  arguments: [],
  flags: [
    { name: 'region', value: 'REGION', summary: 'where (default: AWS_REGION, or the profile’s)' },
    {
      name: 'bucket',
      value: 'NAME',
      summary: 'bucket of the documents (default of a new one: named after account and region)',
    },
    { name: 'name', value: 'NAME', summary: 'name of the installation (default: bbf)' },
    {
      name: 'context',
      value: 'NAME',
      known: 'contexts',
      summary: 'what this machine calls it (default: its name and region)',
    },
    { name: 'vpc-id', value: 'VPC', summary: 'an existing network (default: a new one, public subnets in two zones)' },
    {
      name: 'subnet-ids',
      value: 'A,B',
      repeatable: true,
      summary: 'its subnets, with commas or the flag for each; they need a way to the internet',
    },
    { name: 'client-cidr', value: 'CIDR', summary: 'where builds may come from (default: anywhere)' },
    { name: 'permissions-boundary', value: 'ARN', summary: 'a policy that bounds every role' },
    {
      name: 'image-repositories',
      value: 'PATTERN',
      summary: 'where tasks may pull images from, beside the installation’s own repositories (default: bbf/*)',
    },
    { name: 'log-retention-days', value: 'DAYS', summary: 'how long logs are kept (default: 30)' },
    { name: 'log-group', value: 'NAME', summary: 'an existing log group for servers and workers (default: a new one)' },
    {
      name: 'enforce-conditional-writes',
      refusable: true,
      summary: 'refuse to write a cluster.json that was not read before; a plain aws s3 cp no longer works',
    },
    { name: 'downgrade', summary: 'let this bbf take over what a newer one set up' },
    { name: 'server-image', value: 'IMAGE', summary: 'image of build servers whose cluster names none' },
    { name: 'worker-image', value: 'IMAGE', summary: 'image of workers whose cluster names none' },
    {
      name: 'no-wait',
      summary: 'do not wait until S3 begins to tell of documents, five minutes after a bucket is made',
    },
    { name: 'yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'bbf setup --region=eu-west-3', what: 'with the credentials of AWS_PROFILE, or of the environment' },
  ],
  run: async (call, program) => (await import('../setup/setup.ts')).setup(call, program),
};

export const teardownCommand: Command = {
  name: 'teardown',
  summary: 'remove an installation with all its clusters',
  description:
    'Drains and deletes every cluster, then the foundation; keeps the bucket and the logs. Ends with an inventory of whatever is left, and why.',
  arguments: [],
  flags: [
    { name: 'region', value: 'REGION', summary: 'where, for an installation that no context knows' },
    { name: 'name', value: 'NAME', summary: 'which one there (default: bbf)' },
    {
      name: 'bucket',
      value: 'NAME',
      summary: 'its bucket (default: the foundation’s; without one, named after account and region)',
    },
    { name: 'yes', summary: 'do not ask for the name' },
    { name: 'force', summary: 'also while builds are running: takes the workers away from them' },
    { name: 'delete-data', summary: 'remove the bucket with every version of every document, and the logs, as well' },
    { name: 'timeout', value: 'DURATION', summary: 'give up on a cluster after this long (default: 30m)' },
  ],
  examples: [{ line: 'bbf teardown --yes', what: 'keeps the documents' }],
  run: async (call, program) => (await import('../setup/teardown.ts')).teardown(call, program),
};

export const bootstrapPolicyCommand: Command = {
  name: 'bootstrap-policy',
  summary: 'print the least IAM policy for whoever runs setup and teardown',
  description: 'For editors, builders and continuous integration see docs/operations.md.',
  arguments: [],
  contextless: true,
  flags: [
    { name: 'region', value: 'REGION', summary: 'where (default: AWS_REGION, or the profile’s)' },
    { name: 'name', value: 'NAME', summary: 'name of the installation (default: bbf)' },
    { name: 'bucket', value: 'NAME', summary: 'bucket of the documents (default: named after account and region)' },
    { name: 'account', value: 'ID', summary: 'the account (default: any)' },
    { name: 'permissions-boundary', value: 'ARN', summary: 'only roles that this policy bounds may be made' },
    { ...profileFlag, summary: 'the AWS profile whose region it is, before AWS_PROFILE' },
  ],
  examples: [
    { line: 'bbf bootstrap-policy --region=eu-west-3 > setup-policy.json', what: 'for aws iam put-role-policy' },
  ],
  run: async (call, program) =>
    (await import('../setup/bootstrap-policy-command.ts')).bootstrapPolicyCommand(call, program),
};
