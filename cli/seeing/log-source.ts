/** Which log group and streams hold what somebody asks for. */
import {
  clusterStackPrefix,
  farmLogGroupName,
  parseOwnedName,
  poolStackName,
  reconcilerLogGroupName,
  serverStackName,
} from '../../templates/names.ts';
import { poolsOf } from '../cluster/pools.ts';
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';

export interface LogSource {
  /** For people. */
  what: string;
  group: string;
  /** Prefix of its streams; undefined: all. */
  prefix: string | undefined;
  /** Beginning of an ECS task's id; undefined: all. */
  task: string | undefined;
}

/** The shortest beginning of a task's id that can't be a pool by accident. */
const TASK_ID = /^[0-9a-f]{6,32}$/;

/**
 * @param text the document of the cluster
 * @param named `server`, `reconciler`, a pool, the id of a task or its beginning; undefined: server and workers
 * @throws Failure (notFound)
 */
export function sourceOf(installation: string, cluster: string, text: string, named: string | undefined): LogSource {
  const pools = Object.keys(poolsOf(cluster, text));
  const farm = { group: farmLogGroupName(installation), task: undefined };
  const whole = clusterStackPrefix(installation, cluster);
  if (named === undefined) return { ...farm, what: `the farm of ${cluster}`, prefix: whole };
  if (named === 'server') return { ...farm, what: 'the server', prefix: serverStackName(installation, cluster) };
  if (named === 'reconciler')
    return {
      ...farm,
      what: 'the reconciler',
      group: reconcilerLogGroupName(installation),
      prefix: undefined,
    };
  if (pools.includes(named))
    return { ...farm, what: `pool ${named}`, prefix: `${poolStackName(installation, cluster, named)}/` };
  if (TASK_ID.test(named)) return { ...farm, what: `task ${named}`, prefix: whole, task: named };
  throw new Failure('notFound', `${cluster} has no ${named}${suggestion(named, ['server', 'reconciler', ...pools])}`, {
    next: `bbf logs server, bbf logs reconciler, bbf logs ${pools[0] ?? 'POOL'}, or the name of a worker from bbf top`,
  });
}

/** The awslogs driver names a stream prefix/container/task; Lambda names its own otherwise. */
export function writerOf(installation: string, stream: string): { source: string; task: string } {
  const [stack = '', , task] = stream.split('/');
  const owned = parseOwnedName(installation, stack);
  if (owned === undefined || task === undefined) return { source: 'reconciler', task: stream.slice(-8) };
  return { source: owned.pool ?? 'server', task };
}
