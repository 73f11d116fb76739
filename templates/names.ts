/** Names of everything bbf creates on AWS. Parts are joined by `--`, which no part may contain, so a name splits back into one answer. */

export const DEFAULT_INSTALLATION = 'bbf';

export const foundationStackName = (installation: string) => `${installation}--foundation`;
export const reconcilerFunctionName = (installation: string) => `${installation}--reconciler`;
export const ecsClusterName = (installation: string) => installation;
/** The ECS service of a server's or pool's stack carries the stack's own name. */
export const serverStackName = (installation: string, cluster: string) => `${installation}--${cluster}--server`;
export const poolStackName = (installation: string, cluster: string, pool: string) =>
  `${installation}--${cluster}--pool--${pool}`;
/** What the names of all stacks of a cluster begin with. */
export const clusterStackPrefix = (installation: string, cluster: string) => `${installation}--${cluster}--`;
export const fastScheduleRuleName = (installation: string) => `${installation}--schedule-fast`;
export const slowScheduleRuleName = (installation: string) => `${installation}--schedule-slow`;
/** Where servers and workers log. */
export const farmLogGroupName = (installation: string) => `/bbf/${installation}/farm`;
/** Where the reconciler's function logs; Lambda takes this name unless it is told another. */
export const reconcilerLogGroupName = (installation: string) => `/aws/lambda/${reconcilerFunctionName(installation)}`;
export const ROLES = ['reconciler', 'stacks', 'execution', 'server', 'worker'] as const;
/** Names of roles are the account's, not the region's, so they say their region; as the templates write it. */
export const roleName = (installation: string, role: (typeof ROLES)[number], region = '${AWS::Region}') =>
  `${installation}--${role}--${region}`;
/** Of an image, in the account's registry. */
export const repositoryName = (installation: string, image: string) => `${installation}/${image}`;
/** Name of a foundation export, for `Fn::ImportValue`. */
export const exportName = (installation: string, output: string) => `${installation}--${output}`;

type OwnedName = { cluster: string; pool: string | undefined };

/** Which cluster and pool a stack or service name belongs to; undefined for names that are not ours. */
export function parseOwnedName(installation: string, name: string): OwnedName | undefined {
  const [prefix, cluster, kind, pool, ...rest] = name.split('--');
  if (prefix !== installation || !cluster || rest.length > 0) return undefined;
  if (kind === 'server' && pool === undefined) return { cluster, pool: undefined };
  if (kind === 'pool' && pool) return { cluster, pool };
  return undefined;
}

export const TAG_INSTALLATION = 'bbf:installation';
export const TAG_CLUSTER = 'bbf:cluster';
export const TAG_UID = 'bbf:uid';
export const TAG_POOL = 'bbf:pool';
/** Hash of template and parameters of the stack; equal hashes need no update. */
export const TAG_HASH = 'bbf:hash';
