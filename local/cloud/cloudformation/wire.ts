/** CloudFormation's codec: the Query protocol, in which every leaf of the input is text. */
import type { WireHandler } from '../kernel.ts';
import { type QueryOperation, queryProtocol } from '../wire/query.ts';
import type { QueryInput } from '../wire/query-input.ts';
import type { XmlValue } from '../wire/xml.ts';
import type { CloudFormation } from './cloudformation.ts';
import { invalid } from './errors.ts';

const XMLNS = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const BOOLEANS = new Set([
  ...[
    'DisableRollback',
    'EnableTerminationProtection',
    'RetainExceptOnCreate',
    'UsePreviousTemplate',
    'UsePreviousValue',
  ],
  ...['IncludeNestedStacks', 'ImportExistingResources', 'IncludePropertyValues'],
]);
const NUMBERS = new Set(['TimeoutInMinutes']);
/** An empty list arrives as an empty text. */
const LISTS = new Set([
  ...['Parameters', 'Tags', 'Capabilities', 'NotificationARNs', 'ResourceTypes', 'RetainResources', 'ResourcesToSkip'],
  'StackStatusFilter',
]);
/** Members whose meaning the local cloud does not implement; to ignore them would be a lie. */
const REFUSED = ['StackPolicyBody', 'StackPolicyURL', 'RollbackConfiguration', 'ResourcesToImport', 'DeploymentConfig'];

const ACTIONS = [
  ...['CreateStack', 'UpdateStack', 'DeleteStack', 'CancelUpdateStack', 'ContinueUpdateRollback', 'RollbackStack'],
  ...['UpdateTerminationProtection', 'CreateChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet', 'DescribeChangeSet'],
  ...['ListChangeSets', 'DescribeStacks', 'ListStacks', 'DescribeStackEvents', 'DescribeStackResources'],
  ...['DescribeStackResource', 'ListStackResources', 'GetTemplate', 'GetTemplateSummary', 'ValidateTemplate'],
  ...['ListExports', 'ListImports'],
];

export function createCloudFormationWire(cloudFormation: CloudFormation): WireHandler {
  const operations = ACTIONS.map((action): [string, QueryOperation] => {
    const name = `${action.charAt(0).toLowerCase()}${action.slice(1)}` as keyof CloudFormation;
    const run = cloudFormation[name] as (input: QueryInput) => XmlValue | undefined;
    return [action, async (input) => run(await decoded(cloudFormation, input)) ?? {}];
  });
  return queryProtocol(XMLNS, Object.fromEntries(operations));
}

async function decoded(cloudFormation: CloudFormation, input: QueryInput): Promise<QueryInput> {
  const { Action: _action, Version: _version, TemplateURL: url, ...members } = input;
  for (const name of REFUSED) {
    if (members[name]) throw invalid(`The local cloud does not implement the parameter ${name}.`);
  }
  const typed = typedMembers(members) as QueryInput;
  if (typeof url !== 'string' || url === '') return typed;
  if (typed.TemplateBody !== undefined) throw invalid('Only one of Template URL and Template Body may be specified.');
  if (!cloudFormation.readTemplateUrl)
    throw invalid('TemplateURL must reference a valid S3 object to which you have access.');
  return { ...typed, TemplateText: await cloudFormation.readTemplateUrl(url) };
}

function typedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(typedMembers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typedMember(name, member)]));
}

function typedMember(name: string, value: unknown): unknown {
  if (BOOLEANS.has(name)) return value === 'true';
  if (NUMBERS.has(name)) return Number(value);
  if (LISTS.has(name) && value === '') return [];
  return typedMembers(value);
}
