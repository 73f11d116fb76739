/** Roles and policies as stacks make, change and remove them. */
import { describe, expect, it } from 'vitest';
import type { ResourceContext, ResourceProvider } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createIam } from './iam.ts';

const document = { Version: '2012-10-17', Statement: [] };
const context: ResourceContext = {
  stackName: 'stack',
  stackId: 'id',
  logicalId: 'Role',
  tags: { 'bbf:installation': 'bbf' },
  generatedName: () => 'stack-Role-X',
};

function start() {
  const iam = createIam({ world: createVirtualWorld() });
  const provider = (type: string) => iam.providers.find((one) => one.type === type) as ResourceProvider;
  return {
    iam,
    role: provider('AWS::IAM::Role'),
    managed: provider('AWS::IAM::ManagedPolicy'),
    inline: provider('AWS::IAM::Policy'),
  };
}

describe('AWS::IAM::Role', () => {
  const properties = {
    AssumeRolePolicyDocument: document,
    Policies: [{ PolicyName: 'a', PolicyDocument: document }],
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  };
  it('is made with its permissions and the tags of the stack, and gone without a trace', () => {
    const { iam, role } = start();
    const { physicalId, attributes } = role.create(properties, context);
    expect(attributes.Arn).toBe('arn:aws:iam::000000000000:role/stack-Role-X');
    const made = iam.getRole({ name: physicalId });
    expect(made).toMatchObject({
      inline: { a: JSON.stringify(document) },
      attached: properties.ManagedPolicyArns,
      tags: context.tags,
    });
    role.delete(physicalId, properties, context);
    role.delete(physicalId, properties, context);
    expect(iam.listRoles()).toEqual([]);
  });
  it('keeps on an update what others gave it', () => {
    const { iam, role } = start();
    const { physicalId } = role.create(properties, context);
    iam.putRolePolicy({ role: physicalId, name: 'by-hand', document: JSON.stringify(document) });
    const after = { ...properties, Policies: [{ PolicyName: 'b', PolicyDocument: document }], ManagedPolicyArns: [] };
    role.update(physicalId, properties, after, context);
    const { inline, attached } = iam.getRole({ name: physicalId });
    expect([Object.keys(inline).sort(), attached]).toEqual([['b', 'by-hand'], []]);
    expect(role.update(physicalId, properties, { ...properties, RoleName: 'other' }, context)).toBe('replace');
    expect(() => role.delete(physicalId, after, context)).toThrow('must delete policies first');
  });
});

describe('policies of a stack', () => {
  it('come to roles and leave them', () => {
    const { iam, managed, inline } = start();
    for (const name of ['one', 'two']) iam.createRole({ name, trust: JSON.stringify(document) });
    const policy = { ManagedPolicyName: 'p', PolicyDocument: document, Roles: ['one'] };
    const { physicalId: arn } = managed.create(policy, context);
    managed.update(arn, policy, { ...policy, Roles: ['two'] }, context);
    const own = { PolicyName: 'i', PolicyDocument: document, Roles: ['one', 'two'] };
    inline.create(own, context);
    inline.update('i', own, { ...own, Roles: ['one'] }, context);
    const roles = () => iam.listRoles().map(({ attached, inline: texts }) => [attached, Object.keys(texts)]);
    expect(roles()).toEqual([
      [[], ['i']],
      [[arn], []],
    ]);
    managed.delete(arn, { ...policy, Roles: ['two'] }, context);
    inline.delete('i', { ...own, Roles: ['one'] }, context);
    expect([roles().flat(2), Object.keys(iam.state.policies)]).toEqual([[], []]);
  });
});
