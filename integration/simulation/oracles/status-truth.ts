/** Status against the world: Ready is true of what runs now, and what is not valid is never said to be accepted. */
import type { Status } from '../../../config-schema/documents.ts';
import type { CallRecord, DocumentVersion, History, StatusVersion } from '../history.ts';
import { concerns } from './passes.ts';
import { clusterOf, memory, oracle, type SeenService, type SeenStack, type Sight, specInForce } from './sight.ts';
import { conditionOf, isCutByBudget, isTrue } from './status-form.ts';

/** A converged pass reads services but no stacks; a stack that looked right is read again after ten minutes. */
const STACK_RECHECK_MS = 11 * 60_000;

/** What there was from then until the next moment. */
interface Moment {
  at: number;
  stacks: SeenStack[];
  services: SeenService[];
}

const SERVES = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$|COMPLETE_CLEANUP_IN_PROGRESS$/;

/** The world of the last minutes, so that a status is held against what could be seen while its pass ran. */
function moments(sight: Sight, history: History): Moment[] {
  const kept = memory<Moment[]>(history, 'moments', () => []);
  const { stacks, services } = sight;
  const last = kept.at(-1);
  if (last?.stacks !== stacks || last.services !== services) kept.push({ at: sight.now, stacks, services });
  while (kept[1] && kept[1].at < sight.now - STACK_RECHECK_MS) kept.shift();
  return kept;
}

export const readyIsTrue = oracle(
  'S3-ready',
  'Ready=True only if, while that pass ran, everything of the accepted revision was there.',
  'anything',
  (sight, history) => {
    const past = moments(sight, history);
    return history.fresh.statuses.flatMap((version) => {
      if (!version.status || !isTrue(version.status, 'Ready')) return [];
      const calls = callsOf(history, version);
      // Reads that lied are the world's fault; what follows from them is held against other promises.
      if (calls.some((call) => call.fault?.startsWith('stale') || call.fault?.startsWith('phantom'))) return [];
      const begun =
        calls.findLast((call) => call.point.startsWith('documents.list') && call.at <= version.at)?.at ?? version.at;
      const spec = specInForce(history, version.cluster, version.status.acceptedRevision);
      return untruths(version.status, Object.keys(spec?.pools ?? {}), past, begun);
    });
  },
);

const callsOf = (history: History, version: StatusVersion): CallRecord[] =>
  history.calls.slice(-400).filter((call) => call.invocation === version.invocation && concerns(call, version.cluster));

function untruths(status: Status, pools: string[], past: Moment[], begun: number): string[] {
  // The moment before the pass began still held when it began.
  const first = Math.max(
    0,
    past.findLastIndex((moment) => moment.at <= begun),
  );
  const seen = past.slice(first);
  const asleep = conditionOf(status, 'Ready')?.reason === 'Asleep';
  const name = (part: string) => `bbf--${status.cluster}--${part}`;
  const counts = (service: string, count: 'running' | 'desired') =>
    seen.map((moment) => moment.services.find((one) => one.name === service)?.[count] ?? 0);
  const most = (service: string) => Math.max(0, ...counts(service, 'running'));
  const least = (service: string) => Math.min(...counts(service, 'desired'));
  const serves = (name: string) =>
    past.some(({ stacks }) => stacks.some((stack) => stack.name === name && SERVES.test(stack.status)));
  const wanted = Object.values(status.pools).reduce((sum, pool) => sum + pool.wanted, 0);
  const parts = [
    { stack: name('server'), wants: wanted > 0 && !asleep ? 1 : 0 },
    ...pools.map((pool) => ({
      stack: name(`pool--${pool}`),
      wants: asleep ? 0 : (status.pools[pool]?.wanted ?? 0),
    })),
  ];
  return parts.flatMap(({ stack, wants }) => [
    ...(serves(stack)
      ? []
      : [`Ready, but ${stack} has had no stack that serves for ${STACK_RECHECK_MS / 60_000} minutes`]),
    ...(most(stack) >= wants ? [] : [`Ready with ${wants} wanted, but ${stack} ran ${most(stack)}`]),
    ...(asleep && least(stack) > 0 ? [`asleep and Ready, but ${stack} is told to run ${least(stack)}`] : []),
  ]);
}

export const acceptedIsValid = oracle(
  'S4-status',
  'A document that is not valid is never the accepted revision, and Accepted says False of it.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap(({ cluster, status }) => {
      if (!status) return [];
      const find = (revision: string | null) =>
        history.documents.find((version) => version.cluster === cluster && version.revision === revision);
      const accepted = find(status.acceptedRevision);
      const condition = conditionOf(status, 'Accepted');
      const judged = find(condition?.observedRevision ?? null);
      return [
        ...(accepted && !clusterOf(accepted) ? [`acceptedRevision ${accepted.revision} is not valid`] : []),
        ...(isNewer(accepted) ? [`acceptedRevision ${accepted?.revision} is in a form of a later bbf`] : []),
        ...(judged && !clusterOf(judged) && condition?.status === 'True'
          ? ['Accepted=True of a document that is not valid']
          : []),
      ];
    }),
);

/** Told without the parser that is on trial. */
const isNewer = (version: DocumentVersion | undefined): boolean =>
  /"apiVersion"\s*:\s*"bbf\/v[2-9]/.test(version?.text ?? '');

export const wishesAreTheSpecs = oracle(
  'S3-wishes',
  'What a pool is said to want is at least what the accepted spec asks, unless it sleeps, or says how many the budget holds back.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap(({ cluster, status }) => {
      if (!status || !isTrue(status, 'Ready') || status.asleep) return [];
      const spec = specInForce(history, cluster, status.acceptedRevision);
      if (!spec || spec.suspend || spec.delete) return [];
      return Object.entries(spec.pools).flatMap(([name, pool]) => {
        const seen = status.pools[name];
        const due = Math.min(pool.workers, pool.workersMax);
        if (!seen) return [`Ready, but pool ${name} is not in the status`];
        return seen.wanted >= due || isCutByBudget(seen, due)
          ? []
          : [`pool ${name} wants ${seen.wanted} of ${due}: ${seen.because}`];
      });
    }),
);
