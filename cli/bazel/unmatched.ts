/** Watches a running build for actions that no pool can run, or none does: they wait for ever, and Bazel can't say why. */
import { isRenewed } from '../../config-schema/claimant.ts';
import type { Activity, Status } from '../../config-schema/documents.ts';
import { holds } from '../cluster/progress-lines.ts';
import { unmatchedText } from '../cluster/unmatched-text.ts';
import { Failure } from '../failure.ts';
import { counted } from '../output/counted.ts';
import { tellOnce } from '../output/notes.ts';
import { tellerOfStarved } from './starved.ts';

interface UnmatchedWatch {
  cluster: string;
  pools: readonly string[];
  /** Of the build's own lease. */
  leaseId: string;
  readActivity(): Promise<Activity | null>;
  readStatus(): Promise<Status | null>;
  note(text: string): void;
  /** Ends the build, which can't go on. */
  end(why: Failure): void;
  everyMs?: number;
}

const EVERY_MS = 5_000;

/**
 * Says it once, and once more when two reports in a row show some; ends the build where they are its own and all that the farm has.
 * @returns how to stop looking
 */
export function watchUnmatched(watch: UnmatchedWatch): () => void {
  let firstReport: string | undefined;
  let isSaid = false;
  const first = tellOnce(watch.note);
  const tellStarved = tellerOfStarved(watch);
  const look = async () => {
    const activity = await watch.readActivity();
    if (activity !== null) await tellStarved(activity);
    const queued = activity?.pools['']?.queued ?? 0;
    if (activity === null || queued === 0) firstReport = undefined;
    else {
      firstReport ??= activity.reportedAt;
      first(
        `no pool fits ${counted(queued, 'action')} so far${unmatchedText(activity)}: see bbf pools --cluster=${watch.cluster}`,
      );
    }
    if (activity === null || firstReport === undefined || activity.reportedAt === firstReport) return;
    const nothingElse = activity.running === 0 && activity.queued === queued;
    if (nothingElse && isSettled(watch, await watch.readStatus())) watch.end(hopeless(watch, activity));
    else if (!isSaid)
      watch.note(
        `no pool fits ${counted(queued, 'action')}, which would wait for ever${unmatchedText(activity)}: see bbf pools --cluster=${watch.cluster}`,
      );
    isSaid = true;
  };
  const timer = setInterval(() => void look().catch(() => {}), watch.everyMs ?? EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * The farm learns of a new pool by the status; so one that has just come into the document may still take them. Workers that somebody
 * wants for a while build nothing.
 */
const isSettled = ({ leaseId }: UnmatchedWatch, status: Status | null): boolean =>
  status !== null && holds(status, 'Ready') && status.leases.every(({ id }) => id === leaseId || !isRenewed(id));

function hopeless({ cluster, pools }: UnmatchedWatch, activity: Activity): Failure {
  const { queued } = activity;
  const them = queued === 1 ? 'it' : 'them';
  return new Failure(
    'configuration',
    `${counted(queued, 'action')} of this build asked for a platform that no pool of ${cluster} offers (pools: ${pools.join(', ')})${unmatchedText(activity)}; the rest has ended, so Bazel was stopped`,
    {
      next: `bbf pools --cluster=${cluster}, which shows what each offers; exec_properties = {"Pool": "NAME"} or bbf --pool=NAME sends ${them} to one`,
    },
  );
}
