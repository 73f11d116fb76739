import { CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  bootstrapPolicy,
  type PolicyPlace,
  policyCharacters,
  ROLE_POLICY_CHARACTERS_MAX,
} from '../../cli/setup/bootstrap-policy.ts';
import { ACCESS_PREFIX, BUNDLES_PREFIX, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { roleName } from '../../templates/names.ts';
import { NoPython } from '../python.ts';
import { keepListing } from '../setup/late-tags.ts';
import { BUCKET, run, setup } from '../setup/person.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { allows, type PolicyDocument } from './evaluate.ts';
import { rightsOf } from './rights-of-calls.ts';
import { rightsOfHandlers } from './service-reference.ts';

const PLACE = { region: 'us-east-1', account: '000000000000', installation: OTHER };
const place = (more: Partial<PolicyPlace> = {}): PolicyPlace => ({
  bucket: BUCKET,
  boundary: undefined,
  ...PLACE,
  ...more,
});
const policy: PolicyDocument = bootstrapPolicy(place());
const granted = new Set(policy.Statement.flatMap(({ Action }) => Action));

describe('the policy of bbf bootstrap-policy', () => {
  const current = worldOfEachTest();
  let world: WorldOnPort;
  beforeEach(() => {
    world = current();
  });

  const refused = () => [
    ...new Set(
      world.requests
        .flatMap((request) => rightsOf(request, PLACE))
        .filter((right) => !allows(policy, right))
        .map(({ action, resource }) => `${action} on ${resource}`),
    ),
  ];

  it('allows every call of a life: set-up, upgrade, clusters, teardown with all data', async () => {
    await setup(world, ['--enforce-conditional-writes']);
    await setup(world, ['--log-retention-days=7', '--no-enforce-conditional-writes']);
    await setup(world, ['--log-retention-days=14'], ['no']);
    await run(world, ['create', 'main', '--no-wait']);
    expect(
      (await run(world, ['teardown', '--context=other-us-east-1', '--yes', '--delete-data', '--force'])).code,
    ).toBe(0);
    expect(world.requests.length).toBeGreaterThan(50);
    expect(refused()).toEqual([]);
  });

  it('allows what follows a failure', async () => {
    const RoleName = roleName(OTHER, 'worker', 'us-east-1');
    await world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{"Statement":[]}' }));
    expect((await setup(world)).code).not.toBe(0);
    expect((await setup(world, [], ['yes', 'no'])).code).not.toBe(0);
    const asked = world.requests.flatMap((request) => rightsOf(request, PLACE)).map(({ action }) => action);
    // Why it was rolled back, and the removal of what that left: set-up got so far.
    expect(asked).toEqual(expect.arrayContaining(['cloudformation:DescribeStackEvents', 'cloudformation:DeleteStack']));
    expect(refused()).toEqual([]);
  });

  it('allows teardown to remove a cluster’s stack itself, where there is no reconciler', async () => {
    await setup(world);
    const StackName = `${OTHER}--main--server`;
    const TemplateBody = '{"Resources":{"W":{"Type":"AWS::ECR::Repository"}}}';
    await world.cfn.send(new CreateStackCommand({ StackName, TemplateBody }));
    await world.advance(60_000);
    await world.lambda.send(new DeleteFunctionCommand({ FunctionName: `${OTHER}--reconciler` }));
    world.requests.length = 0;
    const { code, notes } = await run(world, ['teardown', '--context=other-us-east-1', '--yes', '--delete-data']);
    expect(code, notes).toBe(0);
    expect(refused()).toEqual([]);
  });

  it('allows the look at what was deleted, where the index of tags is late', async () => {
    await setup(world);
    const cluster = {
      StackName: `${OTHER}--main--server`,
      TemplateBody: '{"Resources":{"W":{"Type":"AWS::ECR::Repository"}}}',
    };
    await world.cfn.send(new CreateStackCommand(cluster));
    await world.advance(60_000);
    await world.cfn.send(new DeleteStackCommand(cluster));
    await world.advance(60_000);
    await keepListing(world);
    await run(world, ['teardown', '--context=other-us-east-1', '--yes', '--delete-data']);
    const looks = world.requests.filter(({ body }) => Buffer.from(body).includes('Action=ListStackResources'));
    expect(looks.length).toBeGreaterThan(1);
    expect(refused()).toEqual([]);
  });

  it('allows nothing of another installation', async () => {
    const other: PolicyDocument = bootstrapPolicy(place({ installation: 'third', bucket: 'third' }));
    await setup(world);
    const changing = world.requests
      .flatMap((request) => rightsOf(request, PLACE))
      // The role of ECS is the account's, whichever installation asks for it.
      .filter(({ resource }) => resource !== '*' && !resource.includes(':role/aws-service-role/'));
    expect(changing.filter((right) => allows(other, right))).toEqual([]);
  });
});

describe('the policy, as text', () => {
  it('allows the command that set-up says to type where a roll-back has failed', () => {
    const resource = 'arn:aws:cloudformation:us-east-1:000000000000:stack/other--foundation/id';
    expect(allows(policy, { action: 'cloudformation:ContinueUpdateRollback', resource })).toBe(true);
  });

  it('names each action, and every resource but for what only looks', () => {
    expect([...granted].filter((action) => action.includes('*'))).toEqual([]);
    const wide = policy.Statement.filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(wide.map(({ Sid }) => Sid)).toEqual(['Lookups']);
    const looks = /:(Describe|List|Get)[A-Z]/;
    expect([wide[0]?.Action ?? []].flat().filter((action) => !looks.test(action))).toEqual([]);
  });

  it('passes one role, to one service', () => {
    const passing = policy.Statement.filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing).toMatchObject([
      {
        Resource: 'arn:aws:iam::000000000000:role/other--reconciler--us-east-1',
        Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      },
    ]);
  });

  it('takes away what bbf keeps in the bucket, and nothing of others', () => {
    const deletes = (key: string) =>
      ['s3:DeleteObject', 's3:DeleteObjectVersion'].map((action) =>
        allows(policy, { action, resource: `arn:aws:s3:::${BUCKET}/${key}` }),
      );
    for (const prefix of [CLUSTERS_PREFIX, ACCESS_PREFIX, BUNDLES_PREFIX])
      expect(deletes(`${prefix}one`)).toEqual([true, true]);
    expect(deletes('theirs/notes.txt')).toEqual([false, false]);
  });

  it.each([
    ['CreateTags', 'vpc'],
    ['DeleteTags', 'security-group'],
    ['ModifyVpcAttribute', 'vpc'],
    ['DeleteRoute', 'route-table'],
    ['ReplaceRoute', 'route-table'],
    ['RevokeSecurityGroupIngress', 'security-group'],
    ['RevokeSecurityGroupEgress', 'security-group'],
    ['DeleteVpc', 'vpc'],
  ])('leaves the network of others alone: %s', (operation, kind) => {
    const right = { action: `ec2:${operation}`, resource: `arn:aws:ec2:us-east-1:000000000000:${kind}/${kind}-1` };
    const tagged = (installation: string) => ({ 'aws:ResourceTag/bbf:installation': installation });
    expect(allows(policy, right)).toBe(false);
    expect(allows(policy, { ...right, context: tagged('third') })).toBe(false);
    expect(allows(policy, { ...right, context: tagged(OTHER) })).toBe(true);
  });

  it('tags what is just being made, which has no tag yet, and what CloudFormation asks to tag', () => {
    const tag = { action: 'ec2:CreateTags', resource: 'arn:aws:ec2:us-east-1:000000000000:vpc/vpc-1' };
    expect(allows(policy, { ...tag, context: { 'ec2:CreateAction': 'CreateVpc' } })).toBe(true);
    expect(allows(policy, { ...tag, context: { 'ec2:CreateAction': 'RunInstances' } })).toBe(false);
    expect(allows(policy, { ...tag, context: { 'aws:CalledVia': 'cloudformation.amazonaws.com' } })).toBe(true);
  });

  it('makes bounded roles only, where a boundary is named', () => {
    const boundary = 'arn:aws:iam::000000000000:policy/boundary';
    const bounded: PolicyDocument = bootstrapPolicy(place({ boundary }));
    const resource = 'arn:aws:iam::000000000000:role/other--worker--us-east-1';
    const create = { action: 'iam:CreateRole', resource };
    expect(allows(bounded, create)).toBe(false);
    expect(allows(bounded, { ...create, context: { 'iam:PermissionsBoundary': boundary } })).toBe(true);
    expect(allows(bounded, { action: 'iam:DeleteRolePermissionsBoundary', resource })).toBe(false);
  });

  it('fits into a policy of a role, with the longest names and some reserve', () => {
    const installation = 'platform-build-farms';
    const [account, region] = ['123456789012', 'ap-southeast-1'];
    const bucket = `${installation}-${account}-${region}`;
    const boundary = `arn:aws:iam::${account}:policy/platform-team-permissions-boundary`;
    const longest = bootstrapPolicy({ account, region, installation, bucket, boundary });
    expect(policyCharacters(longest)).toBeLessThanOrEqual(ROLE_POLICY_CHARACTERS_MAX - 400);
  });
});

/** Rights that handlers name for properties which the foundation does not use. */
const NOT_NEEDED: [right: RegExp, why: string][] = [
  [/^kms:/, 'no key of one’s own encrypts anything'],
  [/^vpc-lattice:|^vpce:/, 'the endpoint is a gateway'],
  [/^elasticfilesystem:|^s3files:/, 'the function mounts no file system'],
  [
    /^lambda:(GetLayerVersion|PassCapacityProvider|PublishVersion|AssociateRuntimeAlias)$/,
    'no layers, versions or hosts of its own',
  ],
  [/^lambda:(GetCodeSigningConfig|(Put|Delete)FunctionCodeSigningConfig)$/, 'code is not signed'],
  [
    /^lambda:Put(RuntimeManagement|FunctionRecursion|FunctionScaling)Config$/,
    'these settings are left at their defaults',
  ],
  [
    /^logs:.*(DataProtectionPolicy|IndexPolicy|ResourcePolicy|LogDelivery|KmsKey|DeletionProtection|BearerToken)/,
    'a plain log group',
  ],
  [/^s3:REST|^firehose:/, 'a plain log group'],
  [
    /^ec2:(CreateVpcEncryptionControl|ModifyVpcTenancy)$|SubnetCidrBlock$|VpnGateway$/,
    'a plain VPC without IPv6 and VPN',
  ],
  [/^ecs:PutAccountSetting/, 'settings of the account are nobody’s to change here'],
];

describe('what CloudFormation’s handlers of the foundation’s resource types need', () => {
  const types = [...new Set(Object.values(foundationTemplate('bbf').Resources).map(({ Type }) => Type))];

  it('is granted, or not needed for a reason', async ({ skip }) => {
    const handlers = await rightsOfHandlers(types).catch((error: unknown) => {
      if (!(error instanceof NoPython)) throw error;
      console.warn(error.message);
      return undefined;
    });
    if (handlers === undefined) return skip();
    expect(Object.keys(handlers).sort()).toEqual(types.sort());
    const asked = [...new Set(Object.values(handlers).flat())].sort();
    const missing = asked.filter(
      (right) => !granted.has(right) && !NOT_NEEDED.some(([pattern]) => pattern.test(right)),
    );
    expect(missing).toEqual([]);
    const idle = NOT_NEEDED.filter(([pattern]) => !asked.some((right) => pattern.test(right)));
    expect(idle).toEqual([]);
  }, 300_000);
});
