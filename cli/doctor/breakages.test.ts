import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteRuleCommand, DisableRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteFunctionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { PutBucketNotificationConfigurationCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { Script, WorldOnPort } from '../../integration/world-on-port.ts';
import { testAuthority } from '../testing/certificates.ts';
import { condition } from '../testing/status-double.ts';
import { daysLeft, doctor, document, physical, publish, skipped, troubles, YEARS } from './doctor.fixture.ts';

const authority = testAuthority('good', YEARS);

const script: Script = { authorities: '' };
const current = worldOfEachTest(script);
let world: WorldOnPort;
beforeEach(() => {
  script.authorities = authority.pem;
  world = current();
});

const template = (resource: object) =>
  JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { R: resource } });
const good = template({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'g' } });
/** Two log groups of one name: the second can't be made. */
const bad = JSON.stringify({
  Resources: {
    A: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'same' } },
    B: { Type: 'AWS::Logs::LogGroup', DependsOn: 'A', Properties: { LogGroupName: 'same' } },
  },
});

type Breakage = [what: string, breaks: () => Promise<unknown>, troubles: string[], next: RegExp];

const breakages: Breakage[] = [
  [
    'versioning that is off',
    () =>
      world.s3.send(
        new PutBucketVersioningCommand({ Bucket: world.bucket, VersioningConfiguration: { Status: 'Suspended' } }),
      ),
    ['versioning: failed'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'a bucket that tells nobody',
    () =>
      world.s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: world.bucket, NotificationConfiguration: {} }),
      ),
    ['object-events: failed'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'a slow schedule that is off',
    async () => world.events.send(new DisableRuleCommand({ Name: await physical(world, 'SlowScheduleRule') })),
    ['rules slow schedule: failed'],
    /aws events enable-rule --name bbf--schedule-slow/,
  ],
  [
    'a fast schedule that is off while a cluster is awake',
    () => publish(world, { awake: true }),
    ['rules fast schedule: failed'],
    /aws events enable-rule --name bbf--schedule-fast/,
  ],
  [
    'object events that are off',
    async () => world.events.send(new DisableRuleCommand({ Name: await physical(world, 'DocumentRule') })),
    ['rules object events: failed'],
    /aws events enable-rule/,
  ],
  [
    'task events that are off, which the schedule makes good',
    async () => world.events.send(new DisableRuleCommand({ Name: await physical(world, 'TaskRule') })),
    ['rules task events: warning'],
    /aws events enable-rule/,
  ],
  [
    'a rule that leads nowhere',
    async () =>
      world.events.send(
        new RemoveTargetsCommand({ Rule: await physical(world, 'SlowScheduleRule'), Ids: ['reconciler'] }),
      ),
    ['rules slow schedule: failed'],
    /aws events put-targets --rule bbf--schedule-slow --targets Id=reconciler,Arn=arn:aws:lambda/,
  ],
  [
    'a rule that somebody deleted',
    async () => {
      const Name = await physical(world, 'DocumentRule');
      await world.events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ['reconciler'] }));
      await world.events.send(new DeleteRuleCommand({ Name }));
    },
    ['rules object events: failed'],
    /bbf teardown/,
  ],
  [
    'a function that somebody deleted',
    () => world.lambda.send(new DeleteFunctionCommand({ FunctionName: 'bbf--reconciler' })),
    ['reconciler: failed', 'rules: skipped', 'authorities: skipped', 'servers: skipped'],
    /bbf teardown/,
  ],
  [
    'a foundation that anybody may delete',
    () =>
      world.cfn.send(
        new UpdateTerminationProtectionCommand({ StackName: 'bbf--foundation', EnableTerminationProtection: false }),
      ),
    ['foundation: warning'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'an older reconciler',
    () =>
      world.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'bbf--reconciler', Description: 'bbf 0.0.0-a' }),
      ),
    ['reconciler: warning'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'a newer reconciler',
    () =>
      world.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'bbf--reconciler', Description: 'bbf 99.0.0' }),
      ),
    ['reconciler: warning'],
    /install bbf 99\.0\.0/,
  ],
  [
    'a reconciler that is silent while the cluster sleeps',
    () => publish(world, { heartbeatAt: new Date(world.world.now() - 40 * 60_000).toISOString() }),
    ['heartbeat main: failed'],
    /log of the reconciler|reconciler’s log/,
  ],
  [
    'a document that was never looked at',
    async () => {
      await world.put(clusterKey('main'), document());
      await world.advance(30 * 60_000);
    },
    ['heartbeat main: failed'],
    /reconciler’s log/,
  ],
  [
    'a revision that was not looked at',
    async () => {
      await publish(world);
      await world.put(clusterKey('main'), document({ suspend: false }));
      await world.advance(5 * 60_000);
    },
    ['heartbeat main: warning'],
    /reconciler’s log/,
  ],
  [
    'a status that nobody understands, and looks at the other clusters all the same',
    async () => {
      await publish(world);
      await world.put(clusterKey('ci'), document());
      await world.put(statusKey('ci'), { apiVersion: 'bbf/v9', kind: 'Status' });
    },
    ['heartbeat ci: failed'],
    /install the bbf/,
  ],
  [
    'a stalled cluster',
    () => publish(world, { conditions: [condition('Stalled', 'True', 'RolloutFailed', 'no image')] }),
    ['clusters main: warning'],
    /bbf explain --cluster=main/,
  ],
  [
    'a stack that is stuck',
    async () => {
      await publish(world);
      await world.cfn.send(new CreateStackCommand({ StackName: 'bbf--main--server', TemplateBody: bad }));
      await world.advance(60_000);
    },
    ['stacks bbf--main--server: failed'],
    /bbf explain --cluster=main/,
  ],
  [
    'a stack of no cluster',
    async () => {
      await world.cfn.send(new CreateStackCommand({ StackName: 'bbf--gone--server', TemplateBody: good }));
      await world.advance(60_000);
    },
    ['stacks bbf--gone--server: warning'],
    /aws cloudformation delete-stack --stack-name bbf--gone--server/,
  ],
  [
    'an authority that has ended',
    async () => {
      script.authorities = testAuthority('old', daysLeft(-1)).pem;
    },
    ['authorities: failed'],
    /s3 rm s3:.*access\/authority.json/,
  ],
  [
    'an authority that ends soon',
    async () => {
      script.authorities = testAuthority('old', daysLeft(20)).pem;
    },
    ['authorities: warning'],
    /bbf ca rotate/,
  ],
  [
    'a foundation that is gone',
    async () => {
      const StackName = 'bbf--foundation';
      await world.cfn.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
      await world.cfn.send(new DeleteStackCommand({ StackName }));
      await world.advance(600_000);
    },
    ['foundation: failed', 'reconciler: skipped', 'rules: skipped', 'authorities: skipped', 'servers: skipped'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'a foundation of which there is only a change set, which nothing ends',
    async () => {
      const StackName = 'bbf--foundation';
      await world.cfn.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
      await world.cfn.send(new DeleteStackCommand({ StackName }));
      await world.advance(600_000);
      const set = { ChangeSetName: 'c', ChangeSetType: 'CREATE' as const, TemplateBody: good };
      await world.cfn.send(new CreateChangeSetCommand({ StackName, ...set }));
    },
    ['foundation: failed', 'reconciler: skipped', 'rules: skipped', 'authorities: skipped', 'servers: skipped'],
    /^bbf setup --context=test --region=us-east-1 --name=bbf/,
  ],
  [
    'a clock that is ten minutes behind',
    async () => {
      world.program.now = () => world.world.now() - 600_000;
    },
    ['clock: failed'],
    /timedatectl/,
  ],
  [
    'a clock that is a minute ahead',
    async () => {
      world.program.now = () => world.world.now() + 60_000;
    },
    ['clock: warning'],
    /timedatectl/,
  ],
  [
    'credentials of nobody',
    async () => {
      world.program.settings.aws.secretAccessKey = 'wrong';
    },
    [
      'credentials: failed',
      ...skipped(
        'bucket',
        'versioning',
        'object-events',
        'foundation',
        'reconciler',
        'heartbeat',
        'clusters',
        'rules',
        'stacks',
        'authorities',
        'servers',
        'certificates',
      ),
    ],
    /correct the credentials/,
  ],
];

describe('finds', () => {
  it.each(breakages)('%s', async (_what, breaks, expected, next) => {
    await breaks();
    const checkup = await doctor(world);
    expect(troubles(checkup)).toEqual(expected);
    const first = checkup.checks.find(({ state }) => state === 'failed' || state === 'warning');
    expect(first?.next).toMatch(next);
    expect(first?.why).toMatch(/./);
    const fails = checkup.checks.some(({ state }) => state === 'failed');
    expect(checkup).toMatchObject({ code: fails ? 1 : 0, healthy: !fails });
  });
});

it('leaves certificates out for a caller who may look and not build', async () => {
  script.isRefused = true;
  const checkup = await doctor(world);
  expect(troubles(checkup)).toEqual(skipped('authorities', 'servers'));
  expect(checkup.healthy).toBe(true);
  expect(checkup.checks.find(({ check }) => check === 'authorities')?.seen).toMatch(
    /^not looked at, as only who may build may ask: .* answered 403: Forbidden/,
  );
});
