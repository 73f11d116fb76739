/** The intrinsic functions: a value of a template in, the plain value that a resource gets out. */
import { subnetsOf } from './cidr.ts';
import { invalid } from './errors.ts';
import { attributePath, isObject, type Template } from './template.ts';

/** What a name in a template means at the moment of evaluation. Each function throws ServiceError for a name it does not know. */
export interface Scope {
  /** A parameter, pseudo parameter or resource. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
  mappings: Template['Mappings'];
  region: string;
}

/** Stands for what cannot be known before some other resource has changed. It swallows whatever contains it as text. */
export const UNKNOWN = '\u0000unknown\u0000';

export const isUnknown = (value: unknown): boolean => JSON.stringify(value ?? null).includes('\\u0000unknown\\u0000');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** `value` with every intrinsic replaced by its result; `Fn::If` has been decided before (see `foldConditions`). */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  const name = names[0];
  if (names.length === 1 && name !== undefined && isIntrinsic(name)) return apply(name, value[name], scope);
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, evaluate(inner, scope)]));
}

export const isIntrinsic = (name: string) => name === 'Ref' || name.startsWith('Fn::');

function apply(name: string, argument: unknown, scope: Scope): unknown {
  const run = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (!run) throw invalid(`Template error: the local cloud does not implement the function ${name}.`);
  return run(argument, scope);
}

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, scope) => scope.ref(String(argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = getAttTarget(argument);
    return scope.attribute(logicalId, text(evaluate(attribute, scope)));
  },
  'Fn::Sub': substituted,
  'Fn::Join': (argument, scope) => {
    const [delimiter, values] = list(argument, 2, 'Fn::Join');
    return listOf(evaluate(values, scope), 'Fn::Join').map(text).join(String(delimiter));
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = list(argument, 2, 'Fn::Select').map((item) => evaluate(item, scope));
    if (isUnknown(values)) return UNKNOWN;
    const chosen = listOf(values, 'Fn::Select')[Number(index)];
    if (chosen === undefined)
      throw invalid(`Template error: Fn::Select cannot select nonexistent value at index ${text(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = list(argument, 2, 'Fn::Split');
    return text(evaluate(source, scope)).split(String(delimiter));
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = text(evaluate(argument, scope)) || scope.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(evaluate(argument, scope))),
  'Fn::FindInMap': mapped,
  'Fn::Base64': (argument, scope) => {
    const source = text(evaluate(argument, scope));
    return isUnknown(source) ? UNKNOWN : Buffer.from(source).toString('base64');
  },
  'Fn::Cidr': (argument, scope) => {
    const [block, count, bits] = list(argument, 3, 'Fn::Cidr').map((item) => evaluate(item, scope));
    return isUnknown(block) ? UNKNOWN : subnetsOf(text(block), Number(count), Number(bits));
  },
};

export function getAttTarget(argument: unknown): [logicalId: string, attribute: unknown] {
  if (typeof argument === 'string') return attributePath(argument);
  if (Array.isArray(argument) && argument.length === 2 && typeof argument[0] === 'string')
    return [argument[0], argument[1]];
  throw invalid(
    'Template error: Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  );
}

const PLACEHOLDER = /\$\{([^!${}][^${}]*)\}/g;
const LITERAL = /\$\{!([^${}]*)\}/g;

/** Text and own variables of an `Fn::Sub`. */
export function subParts(argument: unknown): { text: string; variables: Record<string, unknown> } {
  if (typeof argument === 'string') return { text: argument, variables: {} };
  const [source, variables] = Array.isArray(argument) ? argument : [];
  if (typeof source === 'string' && isObject(variables)) return { text: source, variables };
  throw invalid(
    'Template error: One or more Fn::Sub intrinsic functions do not specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string',
  );
}

export const placeholdersOf = (source: string): string[] =>
  [...source.matchAll(PLACEHOLDER)].map((match) => (match[1] ?? '').trim());

function substituted(argument: unknown, scope: Scope): string {
  const { text: source, variables } = subParts(argument);
  const value = (name: string): unknown => {
    if (Object.hasOwn(variables, name)) return evaluate(variables[name], scope);
    return name.includes('.') ? scope.attribute(...attributePath(name)) : scope.ref(name);
  };
  return source
    .replace(PLACEHOLDER, (_, name: string) => text(value(name.trim())))
    .replace(LITERAL, (_, literal: string) => `\${${literal}}`);
}

function mapped(argument: unknown, scope: Scope): unknown {
  const [map, first, second] = list(argument, 3, 'Fn::FindInMap').map((item) => text(evaluate(item, scope)));
  const mapping = scope.mappings?.[map ?? ''];
  if (!mapping)
    throw invalid(`Template error: Mapping named '${map}' is not present in the 'Mappings' section of template.`);
  const value = mapping[first ?? '']?.[second ?? ''];
  if (value === undefined) throw invalid(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
  return value;
}

function list(argument: unknown, length: number, name: string): unknown[] {
  if (Array.isArray(argument) && argument.length === length) return argument;
  throw invalid(`Template error: every ${name} object requires a list of ${length} parameters.`);
}

function listOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  if (isUnknown(value)) return [UNKNOWN];
  throw invalid(`Template error: ${name} requires a list argument, but got ${JSON.stringify(value)}.`);
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(',') : String(value ?? '');
}
