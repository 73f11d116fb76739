/** Every action of every policy exists, and is granted on no more than it must be, by AWS's Service Authorization Reference. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bootstrapPolicy } from '../../cli/setup/bootstrap-policy.ts';
import { wild } from '../../local/cloud/policy-pattern.ts';
import type { Template } from '../../templates/cloudformation.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { NoPython } from '../python.ts';
import type { PolicyDocument, PolicyStatement } from './evaluate.ts';
import { policiesOfPage } from './page-policies.ts';
import { type ActionResources, resourcesOfActions, rightsOfHandlers } from './service-reference.ts';

const place = {
  account: '123456789012',
  region: 'eu-west-3',
  installation: 'bbf',
  boundary: undefined,
};
const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

const policies: [name: string, policy: PolicyDocument][] = [
  ['bootstrap-policy', bootstrapPolicy({ ...place, bucket: 'bucket' })],
  ...rolesOf(foundationTemplate('bbf')),
  ...Object.entries(
    policiesOfPage(page, { ACCOUNT: '123456789012', REGION: 'eu-west-3', BUCKET: 'bucket', INSTALLATION: 'bbf' }),
  ),
];

function rolesOf({ Resources }: Template): [string, PolicyDocument][] {
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return roles.flatMap(([id, { Properties = {} }]) => {
    const inline = Properties.Policies as unknown as { PolicyDocument: PolicyDocument }[];
    return inline.map(({ PolicyDocument }): [string, PolicyDocument] => [id, PolicyDocument]);
  });
}

const actionsOf = (statement: PolicyStatement) => [statement.Action].flat();

let known: Record<string, ActionResources | null> | undefined;
beforeAll(async () => {
  const all = policies.flatMap(([, { Statement }]) => Statement.flatMap(actionsOf));
  known = await resourcesOfActions([...new Set(all)]).catch((error: unknown) => {
    if (!(error instanceof NoPython)) throw error;
    console.warn(error.message);
    return undefined;
  });
}, 300_000);

/** `arn:…:ec2:…:vpc/*` → `ec2 vpc`; of a resource without a kind, such as a bucket's, the service alone. */
function kindOf(arn: string): string {
  const [, , service = '', , , kind = ''] = arn.split(':');
  return service === 's3' ? (arn.includes('/') ? 's3 object' : 's3 bucket') : `${service} ${kind.split('/')[0]}`;
}

/** @param kinds may be patterns, such as `ec2 *` */
const isAmong = (kinds: string[], format: string) => kinds.some((kind) => wild(kind).test(kindOf(format)));

/** Intrinsics of a template as the ARN that they come to. */
const plain = (resource: unknown): string =>
  typeof resource === 'string' ? resource : String((resource as { 'Fn::Sub'?: string })['Fn::Sub'] ?? '');

function resourcesOf({ Resource }: PolicyStatement): string[] {
  const flat = (value: unknown): unknown[] => {
    if (Array.isArray(value)) return value.flatMap(flat);
    const branches = (value as { 'Fn::If'?: unknown[] } | null)?.['Fn::If'];
    return branches ? branches.slice(1).flatMap(flat) : [value];
  };
  return flat(Resource).map((one) => plain(one).replaceAll(/\$\{AWS::(Partition|Region|AccountId)\}/g, 'x'));
}

describe.each(policies)('the policy %s', (_, { Statement }) => {
  it('has actions that AWS has', ({ skip }) => {
    if (!known) return skip();
    expect(Statement.flatMap(actionsOf).filter((action) => !known?.[action])).toEqual([]);
  });

  it('grants on everything only what can be granted on nothing less', ({ skip }) => {
    if (!known) return skip();
    const wide = Statement.filter((statement) => resourcesOf(statement).includes('*')).flatMap(actionsOf);
    const narrower = wide.filter((action) => known?.[action]?.may.some((format) => format !== '*'));
    expect(narrower.filter((action) => action !== AS_A_WHOLE)).toEqual([]);
  });

  it('grants each action on a resource of a kind that it acts on', ({ skip }) => {
    if (!known) return skip();
    const pointless = Statement.filter((statement) => !resourcesOf(statement).includes('*')).flatMap((statement) => {
      const kinds = resourcesOf(statement).map(kindOf);
      return actionsOf(statement).filter((action) => !known?.[action]?.may.some((format) => isAmong(kinds, format)));
    });
    expect(pointless).toEqual([]);
  });

  it('grants each action on every kind of resource that one call of it acts on', ({ skip }) => {
    if (!known) return skip();
    const granted = new Map<string, string[]>();
    for (const statement of Statement)
      for (const action of actionsOf(statement))
        granted.set(action, [...(granted.get(action) ?? []), ...resourcesOf(statement)]);
    const lacking = [...granted].flatMap(([action, resources]) => {
      const kinds = resources.map(kindOf);
      const must = resources.includes('*') ? [] : (known?.[action]?.must ?? []);
      return must.filter((format) => !isAmong(kinds, format)).map((format) => `${action} on ${format}`);
    });
    expect(lacking).toEqual([]);
  });
});

/** Its resource is the container instance that a request names, or else everything (awsdocs/amazon-ecs-developer-guide 211). */
const AS_A_WHOLE = 'ecs:ListTasks';

describe('the role of CloudFormation', () => {
  it('has what the handlers of the clusters’ resource types need', async ({ skip }) => {
    if (!known) return skip();
    const handlers = await rightsOfHandlers(['AWS::ECS::Service', 'AWS::ECS::TaskDefinition']);
    const granted = policies.find(([name]) => name === 'StackRole')?.[1].Statement.flatMap(actionsOf);
    const asked = [...new Set(Object.values(handlers).flat())];
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((right) => !granted?.includes(right))).toEqual([]);
  });
});
