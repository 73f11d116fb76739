/** Where the actions of a build run: on the farm, in containers of this machine, or on an endpoint that the command line names. */
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { beforeDashes, type CommandLine } from './split.ts';

export type Place =
  | { kind: 'farm' }
  /** `image`: undefined for that of the cluster's workers. */
  | { kind: 'docker'; image: string | undefined; privileged: boolean }
  /** `endpoint`: `host:port`. */
  | { kind: 'executor'; secure: boolean; endpoint: string }
  /** Where Bazel's own flag behind the command says; '' is this machine. */
  | { kind: 'bazels'; executor: string };

/** Of the farm alone. */
const FARM_FLAGS = ['workers', 'wait', 'pool'];

/** @throws Failure (usage) where flags contradict each other */
export function placeOf(line: CommandLine, settings: Pick<Settings, 'buildLocal'>): Place {
  const { own } = line;
  const bazels = own.has('local') ? undefined : executorBehind(line);
  if (bazels === undefined) return ownPlace(line, settings);
  refusePrivileged(own);
  refuseOfFarm(own, 'remote_executor');
  if (own.has('crosstool_top'))
    throw new Failure('usage', '--remote_executor behind the command is Bazel’s, and --crosstool_top before it bbf’s', {
      next: 'both on one side of the command',
    });
  return { kind: 'bazels', executor: bazels };
}

function ownPlace({ own }: CommandLine, settings: Pick<Settings, 'buildLocal'>): Place {
  const executor = own.get('remote_executor');
  const local = own.has('local') || (executor === undefined && settings.buildLocal);
  if (local && executor !== undefined) throw contradiction('local', 'remote_executor', 'names a farm');
  if (!local) refusePrivileged(own);
  const kind = local ? 'local' : executor === undefined ? undefined : 'remote_executor';
  if (kind === undefined) return { kind: 'farm' };
  refuseOfFarm(own, kind);
  if (executor !== undefined) return { kind: 'executor', ...endpointIn(executor) };
  return { kind: 'docker', image: own.get('local') || undefined, privileged: own.has('privileged') };
}

function refusePrivileged(own: CommandLine['own']): void {
  if (own.has('privileged'))
    throw new Failure('usage', '--privileged is for the containers of --local, and the farm’s workers have none', {
      next: 'bbf --local --privileged build …',
    });
}

function refuseOfFarm(own: CommandLine['own'], kind: string): void {
  for (const flag of FARM_FLAGS)
    if (own.has(flag)) throw contradiction(kind, flag, 'is about the workers of a cluster');
}

/** Beside it the `--remote_cache` of bbf would stay: inputs would go to one farm, and another would look for them. */
function executorBehind({ rest }: CommandLine): string | undefined {
  const words = beforeDashes(rest);
  const at = words.findLastIndex((word) => word === FLAG || word.startsWith(`${FLAG}=`));
  if (at === -1) return undefined;
  return words[at] === FLAG ? (words[at + 1] ?? '') : words[at]?.slice(FLAG.length + 1);
}

const FLAG = '--remote_executor';

function contradiction(kind: string, flag: string, what: string): Failure {
  return new Failure('usage', `--${flag} ${what}, and --${kind} builds without it`, {
    next: `leave out --${flag} or --${kind}`,
  });
}

function endpointIn(text: string): { secure: boolean; endpoint: string } {
  const [, scheme, host, port] = /^(grpcs?):\/\/([^/\s]+):(\d{1,5})\/?$/.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536)
    return { secure: scheme === 'grpcs', endpoint: `${host}:${port}` };
  throw new Failure('usage', `--remote_executor=${text} is no address of a farm`, {
    next: '--remote_executor=grpcs://HOST:PORT, or grpc:// for one without TLS',
  });
}
