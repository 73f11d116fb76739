import { describe, expect, it } from 'vitest';
import { compilePattern } from '../local/cloud/events/pattern.ts';
import { ONE_CAPACITY, SPOT_WITH_BASE } from './capacity.ts';
import type { Template, Value } from './cloudformation.ts';
import { foundationTemplate } from './foundation.ts';
import { exportName } from './names.ts';
import { poolTemplate } from './pool.ts';
import { intrinsicsIn, unknownToAws } from './resource-spec.fixture.ts';
import { serverTemplate } from './server.ts';

const TEMPLATES: [string, Template][] = [
  ['foundation', foundationTemplate('bbf')],
  ['server', serverTemplate('bbf')],
  ['pool', poolTemplate('bbf', ONE_CAPACITY)],
  ['pool with a base on demand', poolTemplate('bbf', SPOT_WITH_BASE)],
];

const asValue = (template: Template) => JSON.parse(JSON.stringify(template)) as Value;
const PSEUDO = ['AWS::NoValue', 'AWS::Region', 'AWS::AccountId', 'AWS::Partition', 'AWS::StackName'];

/** Names that an intrinsic refers to within its template. */
function referred({ name, argument }: { name: string; argument: Value }): string[] {
  if (name === 'Ref') return [argument as string];
  if (name === 'Fn::GetAtt') return [(argument as string[])[0] as string];
  if (name === 'Fn::Sub') return [...(argument as string).matchAll(/\$\{([^}]+)\}/g)].map(([, id]) => id as string);
  return [];
}

describe.each(TEMPLATES)('the template of the %s', (name, template) => {
  it('has only what AWS knows', async () => expect(await unknownToAws(template)).toEqual([]));

  it('refers to nothing that it does not have', () => {
    const known = [...PSEUDO, ...Object.keys(template.Parameters), ...Object.keys(template.Resources)];
    const dangling = intrinsicsIn(asValue(template))
      .flatMap(referred)
      .filter((id) => !known.includes(id));
    expect(dangling).toEqual([]);
  });

  it('asks only for conditions that it has, and uses every parameter and condition', () => {
    const intrinsics = intrinsicsIn(asValue(template));
    const asked = intrinsics.flatMap(({ name: fn, argument }) => (fn === 'Fn::If' ? [(argument as string[])[0]] : []));
    const conditions = [...asked, ...Object.values(template.Resources).flatMap(({ Condition }) => Condition ?? [])];
    expect([...new Set(conditions)].sort()).toEqual(Object.keys(template.Conditions ?? {}).sort());
    const used = new Set(intrinsics.flatMap(referred));
    expect(Object.keys(template.Parameters).filter((parameter) => !used.has(parameter))).toEqual([]);
  });

  it('depends on resources that exist', () => {
    const wanted = Object.values(template.Resources).flatMap(({ DependsOn }) => DependsOn ?? []);
    expect(wanted.filter((id) => !(id in template.Resources))).toEqual([]);
  });

  it('fits into a request', () => expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThanOrEqual(51_200));

  it('imports what the foundation exports', () => {
    const exported = Object.keys(foundationTemplate('bbf').Outputs).map((output) => exportName('bbf', output));
    const imported = intrinsicsIn(asValue(template)).flatMap(({ name: fn, argument }) =>
      fn === 'Fn::ImportValue' ? argument : [],
    );
    expect(imported.filter((value) => !exported.includes(value as string))).toEqual([]);
    expect(imported.length > 0).toBe(name !== 'foundation');
  });
});

describe('the check itself', () => {
  const template = (Type: string, Properties: { [key: string]: Value }): Template => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'wrong',
    Parameters: {},
    Resources: { It: { Type, Properties } },
    Outputs: {},
  });
  const service = 'AWS::ECS::Service';
  it.each([
    [template('AWS::ECS::Servise', {}), 'It: no type AWS::ECS::Servise'],
    [template(service, { Clusters: 'x' }), 'It: no property Clusters'],
    [template(service, { DeploymentConfiguration: { Maximum: 1 } }), 'It.DeploymentConfiguration: no property Maximum'],
    [
      template(service, { CapacityProviderStrategy: [{ Wait: 1 }] }),
      'It.CapacityProviderStrategy[0]: no property Wait',
    ],
    [template(service, { CapacityProviderStrategy: { Weight: 1 } }), 'It.CapacityProviderStrategy: AWS wants a list'],
    [template(service, { Cluster: ['x'] }), 'It.Cluster: AWS wants no list'],
    [template('AWS::Lambda::Permission', { Action: 'a', FunctionName: 'f' }), 'It: Principal is missing'],
    [template(service, { DesiredCount: 'one' }), 'It.DesiredCount: AWS wants a number, not "one"'],
    [template(service, { EnableECSManagedTags: 'yes' }), 'It.EnableECSManagedTags: AWS wants a boolean, not "yes"'],
    [
      template(service, { AvailabilityZoneRebalancing: { 'Fn::If': ['C', 'ENABLED', 'OFF'] } }),
      'It.AvailabilityZoneRebalancing: OFF is none of ENABLED, DISABLED',
    ],
    [template(service, { DeploymentConfiguration: 'fast' }), 'It.DeploymentConfiguration: AWS wants an object'],
    [
      {
        ...template('AWS::Logs::LogGroup', { RetentionInDays: { Ref: 'Days' } }),
        Parameters: { Days: { Type: 'Number', Default: '31', Description: 'wrong' } },
      } as Template,
      'It.RetentionInDays: parameter Days allows 31, AWS does not',
    ],
    [
      template(service, { Cluster: { 'Fn::GetAtt': ['It', 'Nome'] } }),
      'It: It (AWS::ECS::Service) has no attribute Nome',
    ],
  ])('finds %j', async (wrong, fault) => expect(await unknownToAws(wrong)).toEqual([fault]));
});

describe('the foundation', () => {
  const { Resources, Outputs } = foundationTemplate('other');
  const ofType = (type: string) => Object.entries(Resources).filter(([, resource]) => resource.Type === type);

  it('exports every output under the name of its installation', () => {
    for (const [name, output] of Object.entries(Outputs)) expect(output.Export?.Name).toBe(`other--${name}`);
  });

  it('has a repository for every image that a cluster may run, whose tags stay', () => {
    const repositories = ofType('AWS::ECR::Repository').map(([, { Properties }]) => Properties ?? {});
    expect(repositories.map(({ RepositoryName }) => RepositoryName).sort()).toEqual(
      ['agent', 'backplane', 'gateway', 'server', 'storage', 'worker'].map((image) => `other/${image}`),
    );
    for (const { ImageTagMutability, ImageScanningConfiguration } of repositories)
      expect([ImageTagMutability, ImageScanningConfiguration]).toEqual(['IMMUTABLE', { ScanOnPush: true }]);
  });

  it('makes every endpoint a free one', () => {
    expect(ofType('AWS::EC2::VPCEndpoint').map(([, { Properties }]) => Properties?.VpcEndpointType)).toEqual([
      'Gateway',
    ]);
  });

  it('keeps no log for ever', () => {
    for (const [, { Properties }] of ofType('AWS::Logs::LogGroup'))
      expect(Properties?.RetentionInDays).toEqual({ Ref: 'LogRetentionDays' });
  });

  it('lets every rule call the function, and only the slow schedule run from the start', () => {
    const rules = ofType('AWS::Events::Rule');
    for (const [id, { Properties }] of rules) {
      expect(Properties?.Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': ['Reconciler', 'Arn'] } }]);
      expect(Resources[`${id}Permission`]?.Properties).toMatchObject({ SourceArn: { 'Fn::GetAtt': [id, 'Arn'] } });
    }
    const scheduled = rules.filter(([, { Properties }]) => Properties?.ScheduleExpression);
    expect(scheduled.map(([, { Properties }]) => [Properties?.ScheduleExpression, Properties?.State])).toEqual([
      ['rate(1 minute)', 'DISABLED'],
      ['rate(15 minutes)', 'ENABLED'],
    ]);
  });

  it('wakes for what others write and for nothing that the reconciler writes itself', () => {
    const pattern = JSON.stringify(Resources.DocumentRule?.Properties?.EventPattern);
    const matches = compilePattern(pattern.replace('{"Ref":"Bucket"}', '"documents"'));
    const wakes = (key: string, reason = 'PutObject', type = 'Object Created') =>
      matches({
        source: 'aws.s3',
        'detail-type': type,
        detail: { bucket: { name: 'documents' }, object: { key }, reason },
      });
    expect(
      ['cluster.json', 'activity.json', 'leases/abc.json'].filter((part) => !wakes(`clusters/main/${part}`)),
    ).toEqual([]);
    expect(['status.json', 'lock.json'].filter((part) => wakes(`clusters/main/${part}`))).toEqual([]);
    expect(wakes('access/authority.json')).toBe(false);
    expect(wakes('clusters/main/leases/abc.json', 'DeleteObject', 'Object Deleted')).toBe(true);
    expect(wakes('clusters/main/activity.json', 'Lifecycle Expiration', 'Object Deleted')).toBe(false);
  });

  it('answers signed requests only, with both permissions that a caller needs', () => {
    expect(Resources.ReconcilerUrl?.Properties?.AuthType).toBe('AWS_IAM');
    const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties ?? {});
    expect(permissions.filter(({ Principal }) => Principal !== 'events.amazonaws.com')).toMatchObject([
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ]);
  });

  it('grants everything only where IAM knows no resource', () => {
    const wide = ofType('AWS::IAM::Role').flatMap(([id, { Properties }]) => {
      const policies = Properties?.Policies as {
        PolicyDocument: { Statement: { Action: string[]; Resource: Value }[] };
      }[];
      const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
      return statements.flatMap(({ Action, Resource }) =>
        Resource === '*' ? Action.map((action) => `${id} ${action}`) : [],
      );
    });
    expect(wide).toEqual([
      'ReconcilerRole cloudformation:ListStacks',
      'ReconcilerRole ec2:DescribeNetworkInterfaces',
      'ReconcilerRole ecs:ListTasks',
      'StackRole ecs:DeregisterTaskDefinition',
      'StackRole ecs:DescribeTaskDefinition',
      'ExecutionRole ecr:GetAuthorizationToken',
    ]);
  });

  it('passes each role to the one service that it is for', () => {
    const passing = ofType('AWS::IAM::Role').flatMap(([id, { Properties = {} }]) => {
      const [policy] = Properties.Policies as { PolicyDocument: { Statement: Record<string, Value>[] } }[];
      const statements = policy?.PolicyDocument.Statement ?? [];
      return statements.flatMap(({ Action, Condition, Resource }) =>
        (Action as string[]).includes('iam:PassRole') ? [[id, Condition, JSON.stringify(Resource)] as const] : [],
      );
    });
    const to = (service: string) => ({ StringEquals: { 'iam:PassedToService': service } });
    expect(passing.map(([id, condition]) => [id, condition])).toEqual([
      ['ReconcilerRole', to('cloudformation.amazonaws.com')],
      ['StackRole', to('ecs-tasks.amazonaws.com')],
    ]);
    expect(passing.filter(([, , resource]) => resource.includes('*'))).toEqual([]);
  });

  it('lets nobody but its own service have a role', () => {
    const trusted = ofType('AWS::IAM::Role').map(([id, { Properties = {} }]) => {
      const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: { Principal: Value }[] };
      return [id, ...Statement.map(({ Principal }) => Principal)];
    });
    expect(trusted).toEqual([
      ['ReconcilerRole', { Service: 'lambda.amazonaws.com' }],
      ['StackRole', { Service: 'cloudformation.amazonaws.com' }],
      ['ExecutionRole', { Service: 'ecs-tasks.amazonaws.com' }],
      ['ServerRole', { Service: 'ecs-tasks.amazonaws.com' }],
      ['WorkerRole', { Service: 'ecs-tasks.amazonaws.com' }],
    ]);
  });

  it('lets ECS have a role for tasks of this account alone', () => {
    const conditions = ofType('AWS::IAM::Role').map(([id, { Properties = {} }]) => {
      const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: { Condition?: Value }[] };
      return [id, ...Statement.map(({ Condition }) => Condition)];
    });
    const ours = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
    expect(Object.fromEntries(conditions)).toMatchObject({ ExecutionRole: ours, ServerRole: ours, WorkerRole: ours });
  });

  it('opens to the outside the one port of the server’s, and nothing of a worker', () => {
    const groups = ofType('AWS::EC2::SecurityGroup').map(([id, { Properties }]) => [
      id,
      ((Properties?.SecurityGroupIngress as { FromPort: number; ToPort: number; CidrIp: Value }[]) ?? []).map(
        ({ FromPort, ToPort, CidrIp }) => [FromPort, ToPort, CidrIp],
      ),
    ]);
    expect(groups).toEqual([
      ['ServerSecurityGroup', [[8980, 8980, { Ref: 'ClientCidr' }]]],
      ['WorkerSecurityGroup', []],
    ]);
  });

  it('keeps the authority’s key from everyone but the reconciler', () => {
    const readers = ofType('AWS::IAM::Role').filter(([, role]) =>
      JSON.stringify(role).includes('access/authority.json'),
    );
    expect(readers.map(([id]) => id)).toEqual(['ReconcilerRole']);
  });
});
