/** Waits until a cluster has done what was written, also when somebody writes again meanwhile. */
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { goesOn, interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';
import type { WaitChoice } from '../wait-choice.ts';
import { judgeConvergence } from './convergence.ts';
import { untilGone } from './gone.ts';
import { conditionOf } from './progress-lines.ts';
import { statusReader } from './status-reader.ts';
import { usualTime } from './usual-time.ts';

interface AwaitedRevision {
  installation: Installation;
  cluster: string;
  revision: string | null;
  wait: Pick<WaitChoice, 'timeoutMs' | 'quiet'>;
  /** What was written suspends the cluster: that a pass says so is what is waited for, as from then on nothing changes. */
  suspends?: boolean;
}

/** @throws Failure for what can't come true, Failure (timeout), Interrupted */
export async function awaitRevision(awaited: AwaitedRevision, program: Program): Promise<Status> {
  const { installation, cluster } = awaited;
  const readStatus = untilGone(installation, cluster, statusReader(installation.documents, cluster));
  const follow = newestRevision(awaited);
  return interruptible(
    (signal) =>
      waitFor(
        {
          what: `cluster ${cluster}`,
          look: async (): Promise<Verdict<Status>> => {
            const status = await readStatus();
            return judgeConvergence(cluster, await follow(status), status, awaited.suspends);
          },
          ...awaited.wait,
          usually: usualTime(installation, cluster),
          next: `bbf status --watch --cluster=${cluster}; the cluster keeps converging`,
          signal,
        },
        program,
      ),
    goesOn(cluster),
  );
}

/** A status that answers neither our revision nor what it answered before tells of a later edit: then that one is waited for. */
function newestRevision({ installation, cluster, revision }: AwaitedRevision) {
  let awaited = revision;
  let answered: string | null | undefined;
  return async (status: Status | null): Promise<string | null> => {
    const seen = status === null ? null : (conditionOf(status, 'Ready')?.observedRevision ?? null);
    if (seen !== awaited && answered !== undefined && seen !== answered) {
      const stored = await installation.documents.read(clusterKey(cluster));
      if (stored !== undefined) awaited = stored.revision;
    }
    answered = seen;
    return awaited;
  };
}
