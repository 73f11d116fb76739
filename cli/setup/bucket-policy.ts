/** The bucket's policy: statements of bbf beside those of others. */
import { ACCESS_PREFIX, BUNDLES_PREFIX, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import { roleName } from '../../templates/names.ts';
import type { BucketWish } from './bucket-settings.ts';

interface Statement {
  Sid?: string;
  [member: string]: unknown;
}

const TLS_ONLY = 'TlsOnly';
const CONDITIONAL_WRITES = 'ConditionalWritesOfClusters';
const AUTHORITY = 'AuthorityForReconciler';
const BUNDLES = 'BundlesOnce';
const OWN = [TLS_ONLY, AUTHORITY, BUNDLES, CONDITIONAL_WRITES];

/** Statements of a policy's text; none where there is no policy. */
function statementsOf(policy: string): Statement[] {
  const { Statement = [] } = JSON.parse(policy || '{}') as { Statement?: Statement | Statement[] };
  return [Statement].flat();
}

/** What each refuses, for people. */
const WORDS: Record<string, string> = {
  [TLS_ONLY]: 'requests without TLS will be refused',
  [AUTHORITY]: 'the key of the certificate authority will be for the reconciler alone',
  [BUNDLES]: 'to write over the reconciler’s code will be refused',
  [CONDITIONAL_WRITES]: 'a cluster.json that was not read before will be refused: a plain aws s3 cp no longer works',
};
const NO_LONGER = 'a cluster.json that was not read before will no longer be refused: a plain aws s3 cp works';

/** Undefined where the policy says all that it should. */
export function mergedPolicy(bucket: string, found: string, wish: BucketWish): string | undefined {
  const statements = statementsOf(found);
  const own = ownStatements(bucket, statements, wish);
  const others = statements.filter(({ Sid = '' }) => !OWN.includes(Sid));
  const merged = [...others, ...own];
  const same = merged.length === statements.length && merged.every((one) => statements.some((old) => equal(one, old)));
  return same ? undefined : JSON.stringify({ Version: '2012-10-17', Statement: merged });
}

function ownStatements(bucket: string, found: Statement[], wish: BucketWish): Statement[] {
  const enforced = wish.conditionalWrites ?? found.some(({ Sid }) => Sid === CONDITIONAL_WRITES);
  return [
    tlsOnly(bucket, wish),
    authorityForReconciler(bucket, wish),
    bundlesOnce(bucket, wish),
    ...(enforced ? [conditionalWrites(bucket, wish)] : []),
  ];
}

/** What the merged policy will refuse and the found one does not, or the other way round, for people. */
export function policyChanges(bucket: string, found: string, wish: BucketWish): string[] {
  const statements = statementsOf(found);
  const own = ownStatements(bucket, statements, wish);
  const isIn = (list: Statement[], sid: string) => list.some(({ Sid }) => Sid === sid);
  const added = own.filter((one) => !statements.some((old) => equal(one, old)));
  const ends = isIn(statements, CONDITIONAL_WRITES) && !isIn(own, CONDITIONAL_WRITES);
  return [...added.map(({ Sid = '' }) => WORDS[Sid] ?? Sid), ...(ends ? [NO_LONGER] : [])];
}

const equal = (a: Statement, b: Statement) => canonical(a) === canonical(b);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort())
      : member,
  );

function tlsOnly(bucket: string, { partition }: BucketWish): Statement {
  return {
    Sid: TLS_ONLY,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:${partition}:s3:::${bucket}`, `arn:${partition}:s3:::${bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** Who may read, or write, all objects of the account could make certificates otherwise, for anybody. Deleting is for all who may: it ends a stolen key. */
function authorityForReconciler(bucket: string, { partition, account, region, installation }: BucketWish): Statement {
  const reconciler = `arn:${partition}:iam::${account}:role/${roleName(installation, 'reconciler', region)}`;
  return {
    Sid: AUTHORITY,
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:GetObject*', 's3:PutObject', 's3:ReplicateObject'],
    Resource: `arn:${partition}:s3:::${bucket}/${ACCESS_PREFIX}*`,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': reconciler } },
  };
}

/** What lies under a bundle's name runs with the reconciler's role: nobody writes over it, also not between set-up's look and the function's. */
function bundlesOnce(bucket: string, { partition }: BucketWish): Statement {
  return {
    Sid: BUNDLES,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:${partition}:s3:::${bucket}/${BUNDLES_PREFIX}*`,
    Condition: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  };
}

/**
 * Refuses to write a cluster's document over what the writer has not read (S3 user guide, "Enforce conditional writes on Amazon S3
 * buckets"). The third key leaves the parts of an upload alone, which carry no condition.
 */
function conditionalWrites(bucket: string, { partition }: BucketWish): Statement {
  return {
    Sid: CONDITIONAL_WRITES,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:${partition}:s3:::${bucket}/${CLUSTERS_PREFIX}*/cluster.json`,
    Condition: {
      Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  };
}
