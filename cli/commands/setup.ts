/** `bbf setup` and `bbf teardown` */
import type { Command } from '../command.ts';

export const setupCommand: Command = {
  name: 'setup',
  summary: 'make an installation on AWS, or bring it up to date',
  description:
    'Makes the bucket, uploads the reconciler, deploys the foundation stack. Running it again repairs and upgrades.',
  arguments: [],
  flags: [
    { name: 'region', value: 'REGION', summary: 'where (default: AWS_REGION)' },
    { name: 'bucket', value: 'NAME', summary: 'bucket of the documents (default: named after account and region)' },
    { name: 'name', value: 'NAME', summary: 'name of the installation (default: bbf)' },
    { name: 'server-image', value: 'IMAGE', summary: 'image of build servers whose cluster names none' },
    { name: 'worker-image', value: 'IMAGE', summary: 'image of workers whose cluster names none' },
    { name: 'yes', summary: 'do not ask' },
  ],
  examples: [{ line: 'bbf setup --region=eu-west-3', what: 'with the credentials that the AWS CLI would use' }],
  run: async (call, program) => (await import('../setup/setup.ts')).setup(call, program),
};

export const teardownCommand: Command = {
  name: 'teardown',
  summary: 'remove an installation with all its clusters',
  arguments: [],
  flags: [
    { name: 'yes', summary: 'do not ask' },
    { name: 'delete-data', summary: 'remove the bucket with every version of every document as well' },
    { name: 'timeout', value: 'DURATION', summary: 'give up on a cluster after this long (default: 30m)' },
  ],
  examples: [{ line: 'bbf teardown --yes', what: 'keeps the documents' }],
  run: async (call, program) => (await import('../setup/teardown.ts')).teardown(call, program),
};
