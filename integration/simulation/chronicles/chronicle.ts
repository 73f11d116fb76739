/** What a person who watches `bbf status` reads through a story, as text that a reviewer can read: a changed word shows up in the diff. */
import type { Status } from '../../../config-schema/documents.ts';
import type { RunResult } from '../run-story.ts';

/** One paragraph for each status that was written: what it says that the one before it did not. */
export function chronicleOf({ history, world }: Pick<RunResult, 'history' | 'world'>): string {
  const before = new Map<string, string[]>();
  const paragraphs = history.statuses.map(({ at, cluster, status }) => {
    const lines = status ? said(status) : ['forgotten'];
    const known = before.get(cluster) ?? [];
    before.set(cluster, lines);
    const news = lines.filter((line) => !known.includes(line)).map((line) => `  ${line}\n`);
    return `${clock(at - world.begunAt)} ${cluster}\n${news.join('')}`;
  });
  return named(paragraphs.join('\n'));
}

function said(status: Status): string[] {
  const { server, asleep, idleSince, progressAt, next, cost } = status;
  return [
    ...status.conditions.map(({ type, status: is, reason, message }) => `${type} ${is} ${reason}: ${message}`),
    `server ${JSON.stringify(server)} endpoint ${status.endpoint}`,
    // What a pool offers is the document's, and no news.
    ...Object.entries(status.pools).map(
      ([name, { platform: _, architecture: __, ...pool }]) => `pool ${name} ${JSON.stringify(pool)}`,
    ),
    ...Object.entries(status.stacks).map(([name, stack]) => `stack ${name} ${JSON.stringify(withoutId(stack))}`),
    ...status.actions.map((action) => `did ${JSON.stringify(action)}`),
    ...status.leases.map((lease) => `lease ${JSON.stringify(lease)}`),
    `next ${next ? `${next.at}: ${next.what}` : 'nothing'}`,
    JSON.stringify({ asleep, idleSince, progressAt }),
    `cost ${cost.usdPerHour} an hour, ${cost.usdToday} on ${cost.day}`,
  ];
}

/** Its name says which stack it is; when it was read says the paragraph. */
const withoutId = ({ id, readAt: _, ...stack }: Status['stacks'][string]) => ({ ...stack, isThere: id !== '' });

/** Revisions and hashes of shapes by the order in which they come up: another template is no other chronicle. */
function named(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/v1-[0-9a-f]{32}|"revision":"[^"]+"/g, (found) => {
    const name = names.get(found) ?? `${found.startsWith('v1') ? 'shape' : 'revision'}-${names.size + 1}`;
    names.set(found, name);
    return name;
  });
}

/** `h:mm:ss` since the story began. */
const clock = (ms: number): string => `${Math.floor(ms / 3_600_000)}:${new Date(ms).toISOString().slice(14, 19)}`;
