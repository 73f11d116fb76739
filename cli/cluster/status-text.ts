/** A status as a person reads it. */
import { isRenewed } from '../../config-schema/claimant.ts';
import type { Activity, Condition, PoolStatus, Status } from '../../config-schema/documents.ts';
import type { Colors } from '../output/colors.ts';
import { counted } from '../output/counted.ts';
import { fromNow } from '../output/elapsed.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { conditionOf, progressLines, readyWorkers, startingWorkers } from './progress-lines.ts';
import { unmatchedText } from './unmatched-text.ts';

/** @param activity what the farm reports of itself; null: nothing that is known */
export function statusText(document: Status, activity: Activity | null, now: number, colors: Colors): string {
  const status = printable(document);
  // What a farm that has gone said last is in its file all the same.
  const farm = status.endpoint === null ? null : printable(activity);
  const headlined = `reconciler: ${conditionOf(status, 'Ready')?.message}`;
  const rows = [
    ...progressLines(status)
      .filter(({ key, text }) => !key.startsWith('pool ') && text !== headlined)
      .map(({ text }) => splitAtColon(text)),
    ...Object.entries(status.pools).map(([name, pool]) => [`pool ${name}`, poolText(name, pool, farm, colors)]),
    ...unmatched(status.cluster, farm).map((text) => ['queue', colors.yellow(text)]),
    ...status.leases.map(({ id, holder, purpose, pools, expiresAt }) => {
      const claims = Object.entries(pools).map(([pool, workers]) => `${pool} ${workers}`);
      return [
        'lease',
        `${holder}: ${purpose || id} (${claims.join(', ') || 'no workers'}), ${endText(id, expiresAt, now)}`,
      ];
    }),
    ...troubles(status).map(({ type, message }) => [type, colors.yellow(message)]),
    ...status.problems.map(({ pointer, message, fix }) => [
      'problem',
      colors.red(`${pointer || '/'}: ${message} (${fix})`),
    ]),
    ['cost', `${usd(status.cost.usdPerHour)} USD/h now, ${usd(status.cost.usdToday)} USD today`],
    ...(status.next === null ? [] : [['next', nextText(status.next, now)]]),
    ['seen', `${fromNow(status.heartbeatAt, now)} by bbf ${status.version}`],
    ['revision', status.observedRevision ?? 'none yet'],
  ];
  return `${[headline(status, colors), ...table(rows).map((line) => `  ${line}`)].join('\n')}\n`;
}

/** What waits for ever, as long as no pool is made for it. */
function unmatched(cluster: string, activity: Activity | null): string[] {
  const queued = activity?.pools['']?.queued ?? 0;
  if (activity === null || queued === 0) return [];
  return [
    `no pool fits ${counted(queued, 'queued action')}${unmatchedText(activity)}: see bbf pools --cluster=${cluster}`,
  ];
}

/** A lease that has ended stays in the status until the reconciler looks next. Nobody renews one of `bbf want --for`. */
function endText(id: string, expiresAt: string, now: number): string {
  const renewable = isRenewed(id);
  return Date.parse(expiresAt) > now
    ? `ends ${fromNow(expiresAt, now)}${renewable ? ' unless renewed' : ''}`
    : `ended ${fromNow(expiresAt, now)}${renewable ? ' unless renewed since' : ''}`;
}

function nextText({ what, at }: NonNullable<Status['next']>, now: number): string {
  const when = fromNow(at, now);
  return Date.parse(at) > now ? `${when}: ${what}` : `${what} (was due ${when}; bbf has not looked since)`;
}

/** What plans show as well: a hundredth of a cent. */
export const usd = (amount: number) => String(Number(amount.toFixed(4)));

const BAR_CELLS = 10;

/** `▰▰▰▱ 3/4 workers, 1 starting, 5/12 slots busy, 2 queued` */
function poolText(name: string, pool: PoolStatus, activity: Activity | null, colors: Colors): string {
  const ready = readyWorkers(pool);
  const asked = pool.limit?.asked ?? pool.wanted;
  const of = Math.max(asked, ready);
  const full = of === 0 ? 0 : Math.round((ready / of) * Math.min(BAR_CELLS, of));
  const bar = colors.green('▰'.repeat(full)) + colors.dim('▱'.repeat(Math.min(BAR_CELLS, of) - full));
  const starting = startingWorkers(pool);
  const workers = activity?.workers.filter((worker) => worker.pool === name && !worker.lost) ?? [];
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  const busy = workers.reduce((sum, worker) => sum + worker.running, 0);
  const queued = activity?.pools[name]?.queued ?? 0;
  return [
    `${bar}${of === 0 ? '' : ' '}${ready}/${asked} workers (${pool.because})`,
    ...(starting > 0 ? [`${starting} starting`] : []),
    ...(pool.draining.length > 0 ? [`${pool.draining.length} draining`] : []),
    ...(slots > 0 ? [`${busy}/${slots} slots busy`] : []),
    ...(queued > 0 ? [colors.yellow(`${queued} queued`)] : []),
  ].join(', ');
}

function headline(status: Status, colors: Colors): string {
  const ready = conditionOf(status, 'Ready');
  const paint = ready?.status === 'True' ? colors.green : ready?.status === 'False' ? colors.yellow : colors.dim;
  const word = ready?.status === 'True' ? 'ready' : needsPerson(status) ? 'stalled' : 'not ready';
  return `${colors.bold(status.cluster)} ${paint(word)}: ${ready?.message ?? 'not looked at yet'}`;
}

const needsPerson = (status: Status) => conditionOf(status, 'Stalled')?.status === 'True';

/** Conditions that a person may have to do something about, each message once; the headline has said what keeps it from being ready. */
function troubles(status: Status): Condition[] {
  const wrong: { type: Condition['type']; status: Condition['status'] }[] = [
    { type: 'Stalled', status: 'True' },
    { type: 'Accepted', status: 'False' },
    { type: 'Accepted', status: 'Unknown' },
    { type: 'WithinBudget', status: 'False' },
  ];
  const found = status.conditions.filter((condition) =>
    wrong.some(({ type, status: value }) => condition.type === type && condition.status === value),
  );
  const headlined = conditionOf(status, 'Ready')?.message;
  const isFirst = ({ message }: Condition, index: number) =>
    found.findIndex((other) => other.message === message) === index;
  return found.filter((condition, index) => condition.message !== headlined && isFirst(condition, index));
}

function splitAtColon(text: string): string[] {
  const colon = text.indexOf(': ');
  return [text.slice(0, colon), text.slice(colon + 2)];
}
