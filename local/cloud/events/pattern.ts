/** Event patterns: which events a rule is for. Semantics: EventBridge user guide, "Creating event patterns". */
import { ServiceError } from '../kernel.ts';
import { compileOperator, PatternError, type Scalar, type Test } from './comparison.ts';

export type Matcher = (event: Record<string, unknown>) => boolean;

/** Default quota of an event pattern, in characters (EventBridge quotas, "Event pattern size"). */
const MAX_PATTERN_LENGTH = 2048;

/** Throws InvalidEventPatternException with AWS's kind of reason. */
export function compilePattern(json: string): Matcher {
  try {
    if (json.length > MAX_PATTERN_LENGTH)
      throw new PatternError(`Pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
    return compileObject(parsed(json));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new PatternError((error as Error).message);
  }
}

/** Every member must hold. */
function compileObject(pattern: unknown): Matcher {
  if (!isObject(pattern)) throw new PatternError('Filter is not an object');
  const members = Object.entries(pattern).map(([name, value]) => compileMember(name, value));
  if (members.length === 0) throw new PatternError('Empty objects are not allowed');
  return (event) => members.every((holds) => holds(event));
}

function compileMember(name: string, pattern: unknown): Matcher {
  if (name === '$or' && isAlternatives(pattern)) {
    const alternatives = pattern.map(compileObject);
    return (event) => alternatives.some((holds) => holds(event));
  }
  if (Array.isArray(pattern)) return compileLeaf(name, pattern);
  if (!isObject(pattern)) throw new PatternError(`"${name}" must be an object or an array`);
  const holds = compileObject(pattern);
  // In a list of objects, one and the same element must fulfil the whole nested pattern. A member that is absent may still
  // fulfil an `exists: false` below it.
  return (event) => {
    const value = event[name];
    if (!Array.isArray(value)) return holds(isObject(value) ? value : {});
    return value.some((element) => isObject(element) && holds(element));
  };
}

/** `$or` is an operator only with two or more alternatives, each an object; else it is a member of that name. */
function isAlternatives(pattern: unknown): pattern is Record<string, unknown>[] {
  return Array.isArray(pattern) && pattern.length > 1 && pattern.every(isObject);
}

/** One of the array's values or operators must hold for one of the event's values. */
function compileLeaf(name: string, pattern: unknown[]): Matcher {
  if (pattern.length === 0) throw new PatternError('Empty arrays are not allowed');
  const tests: Test[] = [];
  let absentWillDo = false;
  for (const item of pattern) {
    const exists = existsOperand(item);
    if (exists === false) absentWillDo = true;
    else tests.push(exists === true ? () => true : compileItem(item));
  }
  return (event) => {
    const values = scalars(event[name]);
    return values.length === 0 ? absentWillDo : values.some((value) => tests.some((test) => test(value)));
  };
}

/** `exists` looks at leaves only: an object under the name counts as absent. */
function existsOperand(item: unknown): boolean | undefined {
  if (!isObject(item) || !('exists' in item)) return undefined;
  if (typeof item.exists !== 'boolean') throw new PatternError('exists match pattern must be either true or false.');
  return item.exists;
}

function compileItem(item: unknown): Test {
  if (Array.isArray(item)) throw new PatternError('Arrays inside of arrays are not allowed');
  if (!isObject(item)) return (value) => value === item;
  const [[name, operand] = ['', undefined], ...more] = Object.entries(item);
  if (more.length > 0) throw new PatternError('Only one key allowed in match expression');
  return compileOperator(name, operand);
}

function scalars(value: unknown): Scalar[] {
  if (Array.isArray(value)) return value.flatMap(scalars);
  return value === undefined || isObject(value) ? [] : [value as Scalar];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
