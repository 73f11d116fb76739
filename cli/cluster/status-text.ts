/** A status as a person reads it. */
import type { Condition, Status } from '../../config-schema/documents.ts';
import { fromNow } from '../output/elapsed.ts';
import { table } from '../output/table.ts';
import type { Colors } from '../output/terminal.ts';
import { conditionOf, progressLines } from './progress-lines.ts';

export function statusText(status: Status, now: number, colors: Colors): string {
  const rows = [
    ...progressLines(status).map(({ text }) => splitAtColon(text)),
    ...status.leases.map(({ id, holder, purpose, pools, expiresAt }) => {
      const claims = Object.entries(pools).map(([pool, workers]) => `${pool} ${workers}`);
      return [
        'lease',
        `${holder}: ${purpose || id} (${claims.join(', ') || 'no workers'}), ends ${fromNow(expiresAt, now)} unless renewed`,
      ];
    }),
    ...troubles(status).map(({ type, message }) => [type, colors.yellow(message)]),
    ...status.problems.map(({ pointer, message, fix }) => [
      'problem',
      colors.red(`${pointer || '/'}: ${message} (${fix})`),
    ]),
    ['cost', `${status.cost.usdPerHour} USD/h now, ${status.cost.usdToday} USD today`],
    ...(status.next === null ? [] : [['next', `${status.next.what} ${fromNow(status.next.at, now)}`]]),
    ['seen', `${fromNow(status.heartbeatAt, now)} by bbf ${status.version}`],
    ['revision', status.observedRevision ?? 'none yet'],
  ];
  return `${[headline(status, colors), ...table(rows).map((line) => `  ${line}`)].join('\n')}\n`;
}

function headline(status: Status, colors: Colors): string {
  const ready = conditionOf(status, 'Ready');
  const paint = ready?.status === 'True' ? colors.green : ready?.status === 'False' ? colors.yellow : colors.dim;
  const word = ready?.status === 'True' ? 'ready' : 'not ready';
  return `${colors.bold(status.cluster)} ${paint(word)}: ${ready?.message ?? 'not looked at yet'}`;
}

/** Conditions that a person may have to do something about. */
function troubles(status: Status): Condition[] {
  const wrong: { type: Condition['type']; status: Condition['status'] }[] = [
    { type: 'Stalled', status: 'True' },
    { type: 'Accepted', status: 'False' },
    { type: 'Accepted', status: 'Unknown' },
    { type: 'WithinBudget', status: 'False' },
  ];
  return status.conditions.filter((condition) =>
    wrong.some(({ type, status: value }) => condition.type === type && condition.status === value),
  );
}

function splitAtColon(text: string): string[] {
  const colon = text.indexOf(': ');
  return [text.slice(0, colon), text.slice(colon + 2)];
}
