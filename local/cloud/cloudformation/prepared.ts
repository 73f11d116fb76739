/** A blueprint made ready to deploy: validated, its parameters and conditions decided, its graph known. */
import { evaluateConditions, foldConditions } from './conditions.ts';
import { invalid } from './errors.ts';
import { refuseCycles } from './graph.ts';
import { evaluate, isIntrinsic, type Scope } from './intrinsics.ts';
import { refOfParameter } from './parameters.ts';
import { explicitDependencies, referencesOf } from './references.ts';
import type { Blueprint, Properties } from './state.ts';
import {
  isObject,
  type OutputDeclaration,
  parseTemplate,
  type ResourceDeclaration,
  type Template,
} from './template.ts';
import { refuseUnresolved, validateTemplate } from './validate.ts';

interface StackIdentity {
  id: string;
  name: string;
  notificationArns: string[];
}

/** Where the stacks are, and what can be made there. */
export interface Place {
  region: string;
  account: string;
  knownTypes: ReadonlySet<string>;
}

export interface PreparedResource {
  type: string;
  /** Conditions decided, other intrinsics still in. */
  properties: Properties;
  metadata: unknown;
  deletionPolicy: string;
  updateReplacePolicy: string;
  needs: string[];
}

export interface Prepared {
  template: Template;
  /** Only those whose condition holds; likewise `outputs`. */
  resources: Record<string, PreparedResource>;
  outputs: Record<string, OutputDeclaration>;
  /** What `Ref` gives for parameters and pseudo parameters. */
  constants: Record<string, unknown>;
  /** Export names that the template imports. */
  imports: string[];
}

/** How names of resources and exports resolve, at the moment of asking. */
export interface Lookup {
  physicalId(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
}

/** Throws ValidationError for everything that is wrong with the template and does not depend on the state of resources. */
export function prepare(blueprint: Blueprint, identity: StackIdentity, place: Place): Prepared {
  const template = validateTemplate(parseTemplate(blueprint.templateBody), place.knownTypes);
  const constants = { ...pseudoParameters(identity, place), ...parameterRefs(template, blueprint.parameters) };
  const constantScope = scopeOf({ template, constants }, place.region, NOTHING_DEPLOYED);
  const truths = evaluateConditions(template, constantScope);
  const holds = (declared: { Condition?: string }) =>
    declared.Condition === undefined || truths[declared.Condition] === true;

  const present = Object.entries(template.Resources).filter(([, resource]) => holds(resource));
  const names = new Set(present.map(([name]) => name));
  const resources: Record<string, PreparedResource> = {};
  for (const [name, declared] of present) resources[name] = preparedResource(declared, truths, names, template);
  refuseCycles(Object.fromEntries(Object.entries(resources).map(([name, resource]) => [name, resource.needs])));

  const outputs: Record<string, OutputDeclaration> = {};
  for (const [name, declared] of Object.entries(template.Outputs ?? {})) {
    if (holds(declared)) outputs[name] = foldConditions(declared, truths) as OutputDeclaration;
  }
  refuseUnresolved(absentNames(outputs, names, template), 'Outputs');
  const imports = [...new Set(importsOf([resources, outputs], constantScope))];
  return { template, resources, outputs, constants, imports };
}

export function scopeOf(prepared: Pick<Prepared, 'template' | 'constants'>, region: string, lookup: Lookup): Scope {
  return {
    ref: (name) => (Object.hasOwn(prepared.constants, name) ? prepared.constants[name] : lookup.physicalId(name)),
    attribute: lookup.attribute,
    importValue: lookup.importValue,
    mappings: prepared.template.Mappings,
    region,
  };
}

const NOTHING_DEPLOYED: Lookup = {
  physicalId: (name) => {
    throw invalid(
      `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
    );
  },
  attribute: (name) => NOTHING_DEPLOYED.physicalId(name),
  importValue: () => {
    throw invalid('Template error: Cannot use Fn::ImportValue in Conditions.');
  },
};

function pseudoParameters(identity: StackIdentity, place: Place): Record<string, unknown> {
  return {
    'AWS::AccountId': place.account,
    'AWS::NotificationARNs': identity.notificationArns,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': identity.id,
    'AWS::StackName': identity.name,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

function parameterRefs(template: Template, values: Record<string, string>): Record<string, unknown> {
  const declared = Object.entries(template.Parameters ?? {});
  return Object.fromEntries(
    declared.map(([name, declaration]) => [name, refOfParameter(declaration, values[name] ?? '')]),
  );
}

function preparedResource(
  declared: ResourceDeclaration,
  truths: Record<string, boolean>,
  present: ReadonlySet<string>,
  template: Template,
): PreparedResource {
  const properties = (foldConditions(declared.Properties ?? {}, truths) ?? {}) as Properties;
  refuseUnresolved(absentNames(properties, present, template), 'Resources');
  const { refs, attributes } = referencesOf(properties);
  const needs = [...refs, ...attributes, ...explicitDependencies(declared)].filter((name) => present.has(name));
  return {
    type: declared.Type,
    properties,
    metadata: declared.Metadata ?? null,
    deletionPolicy: String(foldConditions(declared.DeletionPolicy, truths) ?? 'Delete'),
    updateReplacePolicy: String(foldConditions(declared.UpdateReplacePolicy, truths) ?? 'Delete'),
    needs: [...new Set(needs)],
  };
}

/** Resources of the template that are referred to although their condition leaves them out. */
function absentNames(value: unknown, present: ReadonlySet<string>, template: Template): string[] {
  const { refs, attributes } = referencesOf(value);
  return [...refs, ...attributes].filter((name) => name in template.Resources && !present.has(name));
}

function importsOf(value: unknown, scope: Scope): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => importsOf(item, scope));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === 'Fn::ImportValue') return [String(evaluate(argument, scope))];
    return isIntrinsic(name) || isObject(argument) || Array.isArray(argument) ? importsOf(argument, scope) : [];
  });
}
