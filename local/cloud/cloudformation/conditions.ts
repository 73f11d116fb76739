/** Conditions: their truth for given parameters, and a template's values with every `Fn::If` decided. */
import { invalid } from './errors.ts';
import type { Scope } from './intrinsics.ts';
import { evaluate } from './intrinsics.ts';
import { isObject, type Template } from './template.ts';

/** The truth of every condition, by name. `scope` resolves parameters and mappings; resources are out of reach here. */
export function evaluateConditions(template: Template, scope: Scope): Record<string, boolean> {
  const known: Record<string, boolean> = {};
  const visiting = new Set<string>();
  const truthOf = (name: string): boolean => {
    const decided = known[name];
    if (decided !== undefined) return decided;
    const declared = template.Conditions;
    if (!declared || !Object.hasOwn(declared, name)) {
      throw invalid(
        `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    }
    if (visiting.has(name))
      throw invalid(`Template format error: Circular dependency between conditions: [${[...visiting].join(', ')}]`);
    visiting.add(name);
    const truth = evaluateOne(declared[name], truthOf, scope);
    visiting.delete(name);
    known[name] = truth;
    return truth;
  };
  for (const name of Object.keys(template.Conditions ?? {})) truthOf(name);
  return known;
}

function evaluateOne(value: unknown, truthOf: (name: string) => boolean, scope: Scope): boolean {
  const [name, argument] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  const operands = Array.isArray(argument) ? argument : [];
  const truth = (operand: unknown) => evaluateOne(operand, truthOf, scope);
  switch (name) {
    case 'Condition':
      return truthOf(String(argument));
    case 'Fn::And':
      return count(operands, 'Fn::And').every(truth);
    case 'Fn::Or':
      return count(operands, 'Fn::Or').some(truth);
    case 'Fn::Not':
      if (operands.length !== 1) throw invalid('Template error: Fn::Not must have exactly one condition.');
      return !truth(operands[0]);
    case 'Fn::Equals':
      if (operands.length !== 2) throw invalid('Template error: Fn::Equals must have two elements.');
      return text(evaluate(operands[0], scope)) === text(evaluate(operands[1], scope));
    default:
      throw invalid(
        `Template format error: Conditions can only be boolean operations on parameters and other conditions`,
      );
  }
}

function count(operands: unknown[], name: string): unknown[] {
  if (operands.length >= 2 && operands.length <= 10) return operands;
  throw invalid(
    `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
  );
}

const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const NOTHING = Symbol('AWS::NoValue');

/** `value` with each `Fn::If` replaced by the branch that holds, and what became `AWS::NoValue` left out. */
export function foldConditions(value: unknown, truths: Record<string, boolean>): unknown {
  const folded = fold(value, truths);
  return folded === NOTHING ? undefined : folded;
}

function fold(value: unknown, truths: Record<string, boolean>): unknown {
  if (Array.isArray(value)) return value.map((item) => fold(item, truths)).filter((item) => item !== NOTHING);
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && value.Ref === 'AWS::NoValue') return NOTHING;
  if (names.length === 1 && Array.isArray(value['Fn::If'])) return fold(branch(value['Fn::If'], truths), truths);
  const entries = Object.entries(value).map(([name, member]) => [name, fold(member, truths)] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== NOTHING));
}

function branch(operands: unknown[], truths: Record<string, boolean>): unknown {
  const [name, yes, no] = operands;
  if (operands.length !== 3) {
    throw invalid('Template error: Fn::If requires a list argument with the first element being a condition');
  }
  const truth = truths[String(name)];
  if (truth === undefined) {
    throw invalid(
      `Template error: unresolved condition dependency ${String(name)} in the Resources block of the template`,
    );
  }
  return truth ? yes : no;
}
