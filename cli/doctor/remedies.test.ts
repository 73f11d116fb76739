import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { howToReach } from '../aws/access.ts';
import { type Context, saveContext } from '../context/config.ts';
import { openInstallation } from '../context/installation.ts';
import { withDataLater } from '../setup/place.ts';
import { programDouble } from '../testing/program-double.ts';
import { awsCommand, setUpAgain } from './remedies.ts';

type Place = [where: string, context: Partial<Context>, variable: string | undefined, advice: string[]];

const FLAGS = '--region=eu-west-3 --name=bbf';
const OTHER = 'http://127.0.0.1:4566';
const ELSEWHERE = [
  'start what answers there, or name another endpoint: bbf config shows who named it',
  `bbf setup --context=ours ${FLAGS}`,
  `aws s3 ls --region eu-west-3 --endpoint-url ${OTHER}`,
  `bbf teardown ${FLAGS} --bucket=documents --delete-data`,
];

const places: Place[] = [
  [
    'on AWS',
    {},
    undefined,
    [
      'check the network, and the region in that address; bbf contexts tells those of contexts',
      `bbf setup --context=ours ${FLAGS}`,
      'aws s3 ls --region eu-west-3',
      `bbf teardown ${FLAGS} --bucket=documents --delete-data`,
    ],
  ],
  [
    'in the local cloud',
    { endpoint: 'http://127.0.0.1:1', credentialsFile: '/state/credentials' },
    undefined,
    [
      'bbf local up',
      'bbf local down, then bbf local up',
      'eval "$(bbf local env)" && aws s3 ls',
      'bbf local down --delete-data',
    ],
  ],
  ['at an endpoint of its own', { endpoint: OTHER }, undefined, ELSEWHERE],
  ['at that of AWS_ENDPOINT_URL', {}, OTHER, ELSEWHERE],
];

it.each(places)('what is advised %s is for there', async (_where, more, variable, advice) => {
  const program = programDouble();
  onTestFinished(() => rmSync(program.directory, { recursive: true, force: true }));
  program.settings.aws.endpoint = variable;
  await saveContext(program.settings, 'ours', {
    region: 'eu-west-3',
    bucket: 'documents',
    installation: 'bbf',
    ...more,
  });
  const installation = await openInstallation(program, undefined);
  const examination = { program, context: undefined, facts: { installation } };
  expect([
    howToReach(installation.access),
    setUpAgain(examination),
    awsCommand(examination, 's3 ls'),
    withDataLater(installation.context),
  ]).toEqual(advice);
});
