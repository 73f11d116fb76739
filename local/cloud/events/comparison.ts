/** The comparison operators of an event pattern: each turns its JSON into a test of one scalar of the event. */
import { BlockList, isIP } from 'node:net';

export type Scalar = string | number | boolean | null;
export type Test = (value: Scalar) => boolean;

/** A pattern that EventBridge would refuse; the message is the part after `Reason: `. */
export class PatternError extends Error {}

/**
 * What one operator of a pattern's array means. Operators and their rules: EventBridge user guide,
 * "Comparison operators for use in event patterns".
 */
export function compileOperator(name: string, operand: unknown): Test {
  const compile = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!compile) throw new PatternError(`Unrecognized match type ${name}`);
  return compile(operand);
}

const operators: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => affix('prefix', operand, (value, part) => value.startsWith(part)),
  suffix: (operand) => affix('suffix', operand, (value, part) => value.endsWith(part)),
  'equals-ignore-case': (operand) => {
    const wanted = text('equals-ignore-case', operand).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: (operand) => {
    const expression = wildcardExpression(text('wildcard', operand));
    return (value) => typeof value === 'string' && expression.test(value);
  },
  numeric,
  cidr,
  'anything-but': anythingBut,
};

function text(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new PatternError(`${operator} match pattern must be a string`);
  return operand;
}

function affix(operator: string, operand: unknown, holds: (value: string, part: string) => boolean): Test {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [[inner, part] = ['', undefined], ...more] = Object.entries(operand);
    if (inner !== 'equals-ignore-case' || more.length > 0)
      throw new PatternError(`Unsupported ${operator} pattern: ${inner}`);
    const wanted = text(operator, part).toLowerCase();
    return (value) => typeof value === 'string' && holds(value.toLowerCase(), wanted);
  }
  const wanted = text(operator, operand);
  return (value) => typeof value === 'string' && holds(value, wanted);
}

/** `*` stands for any characters; a backslash makes `*` and itself literal. */
function wildcardExpression(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      if (pattern[at + 1] === '*') throw new PatternError(`Consecutive wildcard characters at pos ${at}`);
      source += '[^]*';
    } else if (character === '\\') {
      const escaped = pattern[++at];
      if (escaped !== '*' && escaped !== '\\') throw new PatternError(`Invalid escape character at pos ${at - 1}`);
      source += `\\${escaped}`;
    } else source += character.replace(/[.+?^${}()|[\]]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

const relations: Record<string, (value: number, limit: number) => boolean> = {
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
};

function numeric(operand: unknown): Test {
  if (!Array.isArray(operand) || operand.length < 2 || operand.length > 4 || operand.length % 2 !== 0)
    throw new PatternError('Value of numeric must be an array of one or two relations and numbers');
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const holds = relations[String(operand[at])];
    const limit: unknown = operand[at + 1];
    if (!holds) throw new PatternError(`Unrecognized numeric range operator: ${String(operand[at])}`);
    if (typeof limit !== 'number') throw new PatternError('Value of numeric range must be numeric');
    tests.push((value) => holds(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((holds) => holds(value));
}

function cidr(operand: unknown): Test {
  const [network = '', length = ''] = text('cidr', operand).split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d+$/.test(length)) throw new PatternError(`Malformed CIDR: ${String(operand)}`);
  const block = new BlockList();
  block.addSubnet(network, Number(length), family === 6 ? 'ipv6' : 'ipv4');
  return (value) =>
    typeof value === 'string' && isIP(value) === family && block.check(value, family === 6 ? 'ipv6' : 'ipv4');
}

/** Takes a value, a list of values, or one operator over a text or a list of texts. */
function anythingBut(operand: unknown): Test {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [[name, inner] = ['', undefined], ...more] = Object.entries(operand);
    if (!['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(name) || more.length > 0)
      throw new PatternError(`Unsupported anything-but pattern: ${name}`);
    const tests = (Array.isArray(inner) ? nonEmpty(inner) : [inner]).map((part) => compileOperator(name, part));
    return (value) => !tests.some((test) => test(value));
  }
  const excluded = nonEmpty(Array.isArray(operand) ? operand : [operand]);
  if (!excluded.every((value) => typeof value === typeof excluded[0] && ['string', 'number'].includes(typeof value)))
    throw new PatternError(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  return (value) => !excluded.includes(value);
}

function nonEmpty(list: unknown[]): unknown[] {
  if (list.length === 0) throw new PatternError('Empty arrays are not allowed');
  return list;
}
