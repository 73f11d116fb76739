/** Retention: once a day the lines that have outlived their group's days go, and with its last line a stream. */
import { atEachMidnight, DAY_MS } from '../midnight.ts';
import type { LogsCore } from './groups.ts';
import type { LogGroup } from './state.ts';

export const armRetention = (core: LogsCore): void =>
  atEachMidnight(core.world, 'logs:retention', (midnight) => {
    for (const group of Object.values(core.state.groups)) expire(core, group, midnight);
  });

function expire({ world }: LogsCore, { retentionInDays, streams }: LogGroup, midnight: number): void {
  if (retentionInDays === undefined) return;
  const oldest = midnight - retentionInDays * DAY_MS;
  for (const stream of Object.values(streams)) {
    const kept = stream.events.filter(({ timestamp }) => timestamp > oldest);
    const isOver = kept.length === 0 && stream.createdAt <= oldest;
    if (!isOver && kept.length === stream.events.length) continue;
    stream.events = kept;
    if (isOver) delete streams[stream.name];
    world.changed('logs');
  }
}
