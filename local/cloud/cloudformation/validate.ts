/** The checks of a template that need no parameter values: its sections, its names, its resource types. */
import { invalid } from './errors.ts';
import { isKnownParameterType } from './parameters.ts';
import { explicitDependencies, referencesOf } from './references.ts';
import { isObject, type Template } from './template.ts';

const SECTIONS = [
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions'],
  ...['Transform', 'Resources', 'Outputs', 'Hooks'],
];
const RESOURCE_MEMBERS = [
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'],
  ...['CreationPolicy', 'UpdatePolicy'],
];
/** `AWS::NoValue` never gets this far in values, but may stand in unfolded ones. */
const PSEUDO_PARAMETERS = [
  ...['AWS::AccountId', 'AWS::NotificationARNs', 'AWS::NoValue', 'AWS::Partition', 'AWS::Region', 'AWS::StackId'],
  ...['AWS::StackName', 'AWS::URLSuffix'],
];

/** The parsed value as a Template, or the ValidationError that AWS answers. */
export function validateTemplate(value: unknown, knownTypes: ReadonlySet<string>): Template {
  if (!isObject(value)) throw invalid('Template format error: unsupported structure.');
  const unknown = Object.keys(value).filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) throw invalid(`Invalid template property or properties [${unknown.join(', ')}]`);
  refuseUnimplemented(value);
  const version = value.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09') {
    throw invalid('Template format error: Template format version is not supported.');
  }
  if (!isObject(value.Resources) || Object.keys(value.Resources).length === 0) {
    throw invalid('Template format error: At least one Resources member must be defined.');
  }
  for (const section of ['Parameters', 'Mappings', 'Conditions', 'Outputs']) {
    if (value[section] !== undefined && !isObject(value[section])) {
      throw invalid(`Template format error: ${section} must be an object.`);
    }
  }
  const template = value as unknown as Template;
  checkParameters(template);
  checkResources(template, knownTypes);
  checkReferences(template);
  return template;
}

function refuseUnimplemented(value: Record<string, unknown>): void {
  for (const section of ['Transform', 'Rules', 'Hooks']) {
    if (value[section] !== undefined)
      throw invalid(`Template error: the local cloud does not implement the section ${section}.`);
  }
}

function checkParameters(template: Template): void {
  for (const [name, declaration] of Object.entries(template.Parameters ?? {})) {
    if (!/^[A-Za-z0-9]+$/.test(name))
      throw invalid(`Template format error: Parameter name ${name} is non alphanumeric.`);
    if (typeof declaration?.Type !== 'string') {
      throw invalid(`Template format error: Every Parameters object must contain a Type member. (${name})`);
    }
    if (!isKnownParameterType(declaration.Type)) {
      throw invalid(`Template format error: Unrecognized parameter type: ${declaration.Type}`);
    }
  }
}

function checkResources(template: Template, knownTypes: ReadonlySet<string>): void {
  const unknownTypes = new Set<string>();
  for (const [name, resource] of Object.entries(template.Resources)) {
    if (!/^[A-Za-z0-9]+$/.test(name))
      throw invalid(`Template format error: Resource name ${name} is non alphanumeric.`);
    if (!isObject(resource))
      throw invalid(`Template format error: [/Resources/${name}] resource definition is malformed`);
    if (typeof resource.Type !== 'string') {
      throw invalid(`Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`);
    }
    const odd = Object.keys(resource).filter((member) => !RESOURCE_MEMBERS.includes(member));
    if (odd.length > 0) throw invalid(`Invalid template resource property '${odd[0]}'`);
    if (!knownTypes.has(resource.Type)) unknownTypes.add(resource.Type);
  }
  if (unknownTypes.size > 0) {
    throw invalid(`Template format error: Unrecognized resource types: [${[...unknownTypes].join(', ')}]`);
  }
}

function checkReferences(template: Template): void {
  const conditions = template.Conditions ?? {};
  const resources: string[] = [];
  for (const resource of Object.values(template.Resources)) {
    checkCondition(resource.Condition, conditions, 'Resources');
    resources.push(
      ...unresolved(template, resource.Properties),
      ...explicitDependencies(resource).filter((id) => !template.Resources[id]),
    );
  }
  refuseUnresolved(resources, 'Resources');
  const outputs: string[] = [];
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (output?.Value === undefined)
      throw invalid(
        `Template format error: Output ${name} is malformed. Every Outputs member must contain a Value object`,
      );
    checkCondition(output.Condition, conditions, 'Outputs');
    outputs.push(...unresolved(template, [output.Value, output.Export]));
  }
  refuseUnresolved(outputs, 'Outputs');
}

function checkCondition(name: string | undefined, conditions: Record<string, unknown>, section: string): void {
  if (name === undefined || Object.hasOwn(conditions, name)) return;
  throw invalid(
    `Template format error: Unresolved condition dependency ${name} in the ${section} block of the template`,
  );
}

function unresolved(template: Template, value: unknown): string[] {
  const { refs, attributes } = referencesOf(value);
  const isNamed = (name: string) =>
    name in template.Resources || name in (template.Parameters ?? {}) || PSEUDO_PARAMETERS.includes(name);
  for (const logicalId of attributes) {
    if (!(logicalId in template.Resources)) {
      throw invalid(`Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`);
    }
  }
  return [...refs].filter((name) => !isNamed(name));
}

export function refuseUnresolved(names: readonly string[], section: string): void {
  if (names.length === 0) return;
  const listed = [...new Set(names)].join(', ');
  throw invalid(
    `Template format error: Unresolved resource dependencies [${listed}] in the ${section} block of the template`,
  );
}
