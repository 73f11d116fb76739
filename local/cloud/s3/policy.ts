/** What is evaluated of bucket policies: statements that refuse writes without a condition, and those that refuse readers and writers by who they are. */
import { type Caller, ServiceError } from '../kernel.ts';
import { wild } from '../policy-pattern.ts';
import type { WriteConditions } from './conditions.ts';
import type { Bucket } from './state.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/** What a request says of itself, by condition key. */
type Context = Record<string, string | undefined>;

/** `writer`: by whom, where the bucket's policy is to be asked for that. */
export type Write = WriteConditions & { writer?: Caller };

/**
 * User guide, "Enforce conditional writes on Amazon S3 buckets": `Null` on the two keys, `Bool` on `s3:ObjectCreationOperation`, which is
 * true of every request that makes an object, and not of an upload's parts.
 */
export function refuseWrite(bucket: Bucket, key: string, { writer, ...conditions }: Write): void {
  refuse(bucket, 's3:PutObject', key, {
    ...(writer && { 'aws:PrincipalArn': principalOf(writer) }),
    's3:if-match': conditions.ifMatch,
    's3:if-none-match': conditions.ifNoneMatch,
    's3:ObjectCreationOperation': 'true',
  });
}

export function refuseReader(bucket: Bucket, key: string, isOfVersion: boolean, caller: Caller): void {
  const action = isOfVersion ? 's3:GetObjectVersion' : 's3:GetObject';
  refuse(bucket, action, key, { 'aws:PrincipalArn': principalOf(caller) });
}

/** A session counts as its role (IAM user guide, "AWS global condition context keys"). */
const principalOf = ({ arn }: Caller) =>
  arn.replace(/^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');

/** Statements with a condition that the request says nothing of are left alone. */
function refuse(bucket: Bucket, action: string, key: string, context: Context): void {
  const { Statement = [] } = JSON.parse(bucket.settings.policy ?? '{}') as { Statement?: Statement | Statement[] };
  const resource = `arn:aws:s3:::${bucket.name}/${key}`;
  if ([Statement].flat().some((statement) => denies(statement, action, resource, context)))
    throw new ServiceError('AccessDenied', 'Access Denied', 403);
}

function denies(statement: Statement, action: string, resource: string, context: Context): boolean {
  const tests = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([name, wanted]) => ({ operator, name, wanted })),
  );
  const evaluated = tests.length > 0 && tests.every(({ operator, name }) => name in context && operator in OPERATORS);
  const meant =
    statement.Effect === 'Deny' &&
    [statement.Action ?? []].flat().some((one) => wild(one).test(action)) &&
    [statement.Resource ?? []].flat().some((pattern) => wild(pattern).test(resource));
  return (
    evaluated && meant && tests.every(({ operator, name, wanted }) => OPERATORS[operator]?.(context[name], wanted))
  );
}

const OPERATORS: Record<string, (value: string | undefined, wanted: string) => boolean> = {
  Null: (value, wanted) => (value === undefined) === (wanted === 'true'),
  Bool: (value, wanted) => value === wanted,
  ArnNotEquals: (value, wanted) => !wild(wanted).test(value ?? ''),
};
