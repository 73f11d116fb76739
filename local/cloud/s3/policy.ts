/** The one thing of bucket policies that is evaluated: statements that refuse writes which carry no condition. */
import { ServiceError } from '../kernel.ts';
import type { WriteConditions } from './conditions.ts';
import type { Bucket } from './state.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/**
 * User guide, "Enforce conditional writes on Amazon S3 buckets": `Null` on the two keys, `Bool` on `s3:ObjectCreationOperation`, which is
 * true of every request that makes an object, and not of an upload's parts. Statements with any other condition are left alone.
 */
export function refuseByPolicy(bucket: Bucket, key: string, conditions: WriteConditions): void {
  const values: Record<string, string | undefined> = {
    's3:if-match': conditions.ifMatch,
    's3:if-none-match': conditions.ifNoneMatch,
    's3:ObjectCreationOperation': 'true',
  };
  const { Statement = [] } = JSON.parse(bucket.settings.policy ?? '{}') as { Statement?: Statement | Statement[] };
  const refuses = [Statement]
    .flat()
    .some((statement) => denies(statement, `arn:aws:s3:::${bucket.name}/${key}`, values));
  if (refuses) throw new ServiceError('AccessDenied', 'Access Denied', 403);
}

function denies(statement: Statement, resource: string, values: Record<string, string | undefined>): boolean {
  const tests = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([name, wanted]) => ({ operator, name, wanted })),
  );
  const evaluated = tests.length > 0 && tests.every(({ operator, name }) => name in values && operator in OPERATORS);
  const meant =
    statement.Effect === 'Deny' &&
    [statement.Action ?? []].flat().some((action) => action === 's3:PutObject' || action === 's3:*') &&
    [statement.Resource ?? []].flat().some((pattern) => wild(pattern).test(resource));
  return evaluated && meant && tests.every(({ operator, name, wanted }) => OPERATORS[operator]?.(values[name], wanted));
}

const OPERATORS: Record<string, (value: string | undefined, wanted: string) => boolean> = {
  Null: (value, wanted) => (value === undefined) === (wanted === 'true'),
  Bool: (value, wanted) => value === wanted,
};

function wild(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
