/** Parameters: which value each one has in this operation, whether it may, and what `Ref` makes of it. */
import { invalid } from './errors.ts';
import type { ParameterDeclaration, Template } from './template.ts';

export interface ParameterInput {
  ParameterKey?: string;
  ParameterValue?: string;
  UsePreviousValue?: boolean;
}

const MASK = '****';
/** UG "Understand CloudFormation quotas", parameter values. */
const VALUE_BYTES_MAX = 4_096;

/**
 * The value of every declared parameter, as text.
 * @param previous values of the deployed stack, for `UsePreviousValue`
 */
export function resolveParameters(
  template: Template,
  given: readonly ParameterInput[],
  previous: Record<string, string>,
): Record<string, string> {
  const declared = template.Parameters ?? {};
  refuseUnknown(declared, given);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, declaration] of Object.entries(declared)) {
    const value = chosenValue(name, declaration, given, previous);
    if (value === undefined) missing.push(name);
    else values[name] = value;
  }
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  for (const [name, value] of Object.entries(values)) {
    if (Buffer.byteLength(value) > VALUE_BYTES_MAX)
      throw invalid(`Parameter '${name}' must contain at most ${VALUE_BYTES_MAX} bytes`);
    const declaration = declared[name];
    if (declaration) checkValue(name, declaration, value);
  }
  return values;
}

function refuseUnknown(declared: Record<string, unknown>, given: readonly ParameterInput[]): void {
  const unknown = given.map((input) => input.ParameterKey ?? '').filter((key) => !Object.hasOwn(declared, key));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
}

function chosenValue(
  name: string,
  declaration: ParameterDeclaration,
  given: readonly ParameterInput[],
  previous: Record<string, string>,
): string | undefined {
  const input = given.find((candidate) => candidate.ParameterKey === name);
  if (input?.UsePreviousValue) {
    if (Object.hasOwn(previous, name)) return previous[name];
    throw invalid(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  }
  if (input?.ParameterValue !== undefined) return input.ParameterValue;
  return declaration.Default === undefined ? undefined : String(declaration.Default);
}

function checkValue(name: string, declaration: ParameterDeclaration, value: string): void {
  for (const item of isList(declaration) ? splitList(value) : [value]) {
    const broken = brokenRule(declaration, item);
    if (!broken) continue;
    const why = declaration.ConstraintDescription;
    throw invalid(why ? `Parameter '${name}' failed to satisfy constraint: ${why}` : `Parameter '${name}' ${broken}`);
  }
}

function brokenRule(declaration: ParameterDeclaration, value: string): string | undefined {
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = declaration;
  if (declaration.Type.includes('Number') && !isNumber(value)) return 'must be a number';
  if (AllowedValues && !AllowedValues.map(String).includes(value)) return 'must be one of AllowedValues';
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`, 'u').test(value))
    return `must match pattern ${AllowedPattern}`;
  if (MinLength !== undefined && value.length < Number(MinLength))
    return `must contain at least ${MinLength} characters`;
  if (MaxLength !== undefined && value.length > Number(MaxLength))
    return `must contain at most ${MaxLength} characters`;
  if (MinValue !== undefined && Number(value) < Number(MinValue)) return `must be a number not less than ${MinValue}`;
  if (MaxValue !== undefined && Number(value) > Number(MaxValue))
    return `must be a number not greater than ${MaxValue}`;
  return undefined;
}

const isNumber = (value: string) => value.trim() !== '' && Number.isFinite(Number(value));

const isList = (declaration: ParameterDeclaration) =>
  declaration.Type === 'CommaDelimitedList' || declaration.Type.startsWith('List<');

const splitList = (value: string) => (value === '' ? [] : value.split(',').map((item) => item.trim()));

/** What `Ref` gives for a parameter: text, or a list for list types. */
export const refOfParameter = (declaration: ParameterDeclaration, value: string): unknown =>
  isList(declaration) ? splitList(value) : value;

/** Values as DescribeStacks shows them: those marked NoEcho are masked. */
export function shownParameters(template: Template, values: Record<string, string>) {
  return Object.entries(values).map(([ParameterKey, value]) => {
    const hidden = String(template.Parameters?.[ParameterKey]?.NoEcho ?? false) === 'true';
    return { ParameterKey, ParameterValue: hidden ? MASK : value };
  });
}

/** Parameter types that the local cloud takes; AWS resolves the SSM ones, which it does not. */
export const isKnownParameterType = (type: string): boolean =>
  /^(String|Number|CommaDelimitedList|List<(Number|String|AWS::EC2::[\w:]+)>|AWS::EC2::[\w:]+|AWS::SSM::Parameter::Name)$/.test(
    type,
  );
