/** A template as a value: its sections, and how its text becomes one. */
import { type CollectionTag, isMap, isSeq, parseDocument, Scalar, type ScalarTag, YAMLMap } from 'yaml';
import { invalid } from './errors.ts';

export interface ParameterDeclaration {
  Type: string;
  Default?: unknown;
  NoEcho?: unknown;
  Description?: string;
  AllowedValues?: unknown[];
  AllowedPattern?: string;
  ConstraintDescription?: string;
  MinLength?: unknown;
  MaxLength?: unknown;
  MinValue?: unknown;
  MaxValue?: unknown;
}

export interface ResourceDeclaration {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
  Metadata?: unknown;
  DeletionPolicy?: unknown;
  UpdateReplacePolicy?: unknown;
}

export interface OutputDeclaration {
  Value: unknown;
  Description?: string;
  Condition?: string;
  Export?: { Name: unknown };
}

export interface Template {
  AWSTemplateFormatVersion?: string;
  Description?: string;
  Metadata?: unknown;
  Parameters?: Record<string, ParameterDeclaration>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, ResourceDeclaration>;
  Outputs?: Record<string, OutputDeclaration>;
  Transform?: unknown;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of a template's text, JSON or YAML with short tags (`!Ref`). The sections are not checked yet. */
export function parseTemplate(body: string): unknown {
  const value = body.trimStart().startsWith('{') ? parsedJson(body) : parsedYaml(body);
  if (!isObject(value)) throw invalid('Template format error: unsupported structure.');
  return value;
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    // A flow mapping of YAML begins with a brace too.
    const document = parseDocument(body, { customTags: SHORT_TAGS });
    if (document.errors.length === 0) return document.toJS();
    throw invalid(`Template format error: JSON not well-formed. (${(error as Error).message})`);
  }
}

function parsedYaml(body: string): unknown {
  const document = parseDocument(body, { customTags: SHORT_TAGS });
  const error = document.errors[0] ?? document.warnings[0];
  if (!error) return document.toJS();
  const at = error.linePos?.[0];
  throw invalid(`Template format error: YAML not well-formed. (line ${at?.line ?? 1}, column ${at?.col ?? 1})`);
}

/** Functions that have a short tag; `!Ref` and `!Condition` stand for the bare names. */
const FUNCTIONS = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
  ...['Not', 'Or', 'Select', 'Split', 'Sub', 'Transform', 'Length', 'ToJsonString'],
];
const LONG_NAMES: [short: string, long: string][] = [
  ['Ref', 'Ref'],
  ['Condition', 'Condition'],
  ...FUNCTIONS.map((name): [string, string] => [name, `Fn::${name}`]),
];

const SHORT_TAGS = LONG_NAMES.flatMap(([short, long]) => [
  scalarTag(short, long),
  collectionTag(short, long, 'seq'),
  collectionTag(short, long, 'map'),
]);

function scalarTag(short: string, long: string): ScalarTag {
  return { tag: `!${short}`, resolve: (text) => ({ [long]: short === 'GetAtt' ? attributePath(text) : text }) };
}

function collectionTag(short: string, long: string, collection: 'map' | 'seq'): CollectionTag {
  return {
    tag: `!${short}`,
    collection,
    resolve(node) {
      const wrapped = new YAMLMap();
      // A copy without the tag, or writing it out would wrap it again.
      if (isMap(node) || isSeq(node)) node.tag = undefined;
      wrapped.set(new Scalar(long), node);
      return wrapped;
    },
  };
}

/** `Table.Stream.Arn` names the attribute `Stream.Arn` of `Table`. */
export function attributePath(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}
