/** What several operations ask of a request: a stack's name, a template's text, tags, capabilities, a token. */
import { createHash } from 'node:crypto';
import type { Engine } from './engine.ts';
import { constraint, insufficientCapabilities, invalid, tokenExists } from './errors.ts';
import { type ParameterInput, resolveParameters } from './parameters.ts';
import type { Blueprint, Stack } from './state.ts';
import { parseTemplate, type Template } from './template.ts';
import { validateTemplate } from './validate.ts';

interface TagInput {
  Key?: string;
  Value?: string;
}

/** The members by which a request says what the stack should be. */
export interface BlueprintInput {
  /** At most 51,200 bytes. */
  TemplateBody?: string;
  /** The text behind TemplateURL, at most 1 MB; whoever receives the request reads it (see wire.ts). */
  TemplateText?: string;
  UsePreviousTemplate?: boolean;
  Parameters?: ParameterInput[];
  Tags?: TagInput[];
  Capabilities?: string[];
}

/** AWS's limits on the size of a template, in bytes (page "Understand CloudFormation quotas"). */
const MOST_BODY_BYTES = 51_200;
const MOST_TEXT_BYTES = 1_000_000;

export function checkStackName(name: string | undefined): string {
  if (!name)
    throw invalid(
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
    );
  if (name.length > 128) throw constraint(name, 'stackName', 'Member must have length less than or equal to 128');
  if (/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) return name;
  throw constraint(name, 'stackName', 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
}

export function templateText(input: BlueprintInput, previous: string | undefined): string {
  const { TemplateBody: body, TemplateText: text } = input;
  if (body !== undefined && Buffer.byteLength(body) > MOST_BODY_BYTES) {
    throw constraint('…', 'templateBody', `Member must have length less than or equal to ${MOST_BODY_BYTES}`);
  }
  if (text !== undefined && Buffer.byteLength(text) > MOST_TEXT_BYTES) {
    throw invalid(`Template may not exceed ${MOST_TEXT_BYTES} bytes in size.`);
  }
  const given = body ?? text;
  if (input.UsePreviousTemplate && previous !== undefined && given === undefined) return previous;
  if (given === undefined || given === '') throw invalid('Either Template URL or Template Body must be specified.');
  return given;
}

/**
 * The blueprint that a request describes, checked as far as that goes without deploying it.
 * @param previous the deployed one: for UsePreviousTemplate, UsePreviousValue, and for tags that are not given
 */
export function blueprintOf(engine: Engine, input: BlueprintInput, previous: Blueprint | undefined): Blueprint {
  const templateBody = templateText(input, previous?.templateBody);
  const template = parsed(engine, templateBody);
  checkCapabilities(template, input.Capabilities ?? []);
  const parameters = resolveParameters(template, input.Parameters ?? [], previous?.parameters ?? {});
  return { templateBody, parameters, tags: input.Tags ? tagsOf(input.Tags) : (previous?.tags ?? {}) };
}

export const parsed = (engine: Engine, body: string): Template =>
  validateTemplate(parseTemplate(body), engine.place.knownTypes);

function tagsOf(tags: readonly TagInput[]): Record<string, string> {
  if (tags.length > 50) throw invalid('The maximum number of tags on a stack is 50.');
  const result: Record<string, string> = {};
  for (const { Key, Value } of tags) {
    if (!Key) throw invalid('Tag keys must not be empty.');
    if (Key.startsWith('aws:')) throw invalid('aws: prefixed tag key names are not allowed for external use.');
    if (Object.hasOwn(result, Key)) throw invalid(`Duplicate tag keys are not allowed: ${Key}`);
    result[Key] = Value ?? '';
  }
  return result;
}

const NAMED_IAM: Record<string, string> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
};
const UNNAMED_IAM = ['AWS::IAM::Policy', 'AWS::IAM::AccessKey', 'AWS::IAM::UserToGroupAddition'];

/** The capability that must be acknowledged before the template may change IAM, if it does. */
export function neededCapability(template: Template): { capability: string; types: string[] } | undefined {
  const iam = Object.values(template.Resources).filter(({ Type }) => Type in NAMED_IAM || UNNAMED_IAM.includes(Type));
  if (iam.length === 0) return undefined;
  const isNamed = iam.some(({ Type, Properties }) => Properties?.[NAMED_IAM[Type] ?? ''] !== undefined);
  return {
    capability: isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
    types: [...new Set(iam.map(({ Type }) => Type))],
  };
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template)?.capability;
  if (needed === undefined || given.includes(needed) || given.includes('CAPABILITY_NAMED_IAM')) return;
  throw insufficientCapabilities(needed);
}

/** Says whether this very request was taken before; throws when its token came with another one. */
export function wasTaken(stack: Stack, operation: string, input: { ClientRequestToken?: string }): boolean {
  const token = input.ClientRequestToken;
  if (token === undefined || !Object.hasOwn(stack.tokens, token)) return false;
  if (stack.tokens[token] === fingerprint(operation, input)) return true;
  throw tokenExists(token);
}

export function rememberToken(stack: Stack, operation: string, input: { ClientRequestToken?: string }): void {
  if (input.ClientRequestToken) stack.tokens[input.ClientRequestToken] = fingerprint(operation, input);
}

function fingerprint(operation: string, input: object): string {
  return `${operation} ${createHash('sha256').update(JSON.stringify(input)).digest('hex')}`;
}
