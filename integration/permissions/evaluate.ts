/** Whether a policy allows a call: action, resource, and the condition operators that bbf's policies use. */
import { wild } from '../../local/cloud/policy-pattern.ts';

export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface AskedRight {
  /** `service:Operation` */
  action: string;
  /** ARN, or `*` for what has none. */
  resource: string;
  /** Values of condition keys. */
  context?: Record<string, string>;
}

/** A denial wins; what no statement allows is denied. */
export function allows(policy: PolicyDocument, asked: AskedRight): boolean {
  const meant = policy.Statement.filter((statement) => applies(statement, asked));
  return meant.length > 0 && meant.every(({ Effect }) => Effect === 'Allow');
}

function applies(statement: PolicyStatement, { action, resource, context = {} }: AskedRight): boolean {
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat().map(String);
  return (
    actions.some((pattern) => wild(pattern.toLowerCase()).test(action.toLowerCase())) &&
    resources.some((pattern) => wild(pattern).test(resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, context[key], [wanted].flat())),
    )
  );
}

function holds(operator: string, value: string | undefined, wanted: readonly string[]): boolean {
  // Of keys with several values one is given here, for which both are the same.
  if (['StringEquals', 'ForAnyValue:StringEquals', 'ArnEquals'].includes(operator))
    return value !== undefined && wanted.includes(value);
  if (operator === 'StringLike') return value !== undefined && wanted.some((pattern) => wild(pattern).test(value));
  if (operator === 'Bool') return wanted.includes(value ?? 'false');
  throw new Error(`the evaluator does not know ${operator}`);
}
