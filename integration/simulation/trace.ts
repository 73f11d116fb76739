/** The trace of a run: one line for each thing that happened, and a hash over all of them. */
import type { Fresh } from './history.ts';
import type { Step } from './story.ts';
import type { SimulatedWorld } from './world.ts';

interface Trace {
  step(step: Step): void;
  take(fresh: Fresh): void;
  /** Hexadecimal. */
  hash(): string;
}

export function createTrace(world: SimulatedWorld, tell?: (line: string) => void): Trace {
  const sum = createSum();
  const add = (at: number, what: string) => {
    sum.add(`${at} ${what}\n`);
    tell?.(`${clock(at - world.begunAt)} ${what}`);
  };
  return {
    step: ({ at, ...step }) => add(world.begunAt + at, `STEP ${JSON.stringify(step)}`),
    take(fresh) {
      for (const call of fresh.calls) {
        const fault = call.fault ? ` [${call.fault}]` : '';
        const outcome = call.outcome === 'ok' ? '' : ` ${call.outcome}${call.error ? `: ${call.error}` : ''}`;
        add(call.at, `#${call.invocation} ${call.point} ${call.target} ${call.detail}${fault}${outcome}`);
      }
      for (const { at, ...end } of fresh.ends) add(at, `END ${JSON.stringify(end)}`);
      for (const { at, ...build } of fresh.builds) add(at, `BUILD ${build.build} ${build.what}`);
      for (const { at, actor, kind, target, before, after } of fresh.mutations) {
        if (!kind.startsWith('document')) add(at, `MUTATION ${actor} ${kind} ${target} ${before ?? ''}→${after ?? ''}`);
      }
      for (const { at, cluster, status } of fresh.statuses) add(at, `STATUS ${cluster} ${summaryOf(status)}`);
    },
    hash: sum.text,
  };
}

function summaryOf(status: Fresh['statuses'][number]['status']): string {
  if (!status) return 'removed';
  const conditions = status.conditions
    .filter(({ type, status: state }) => ['Ready', 'Stalled'].includes(type) || (type === 'Asleep' && state === 'True'))
    .map(({ type, status: state, reason }) => `${type}=${state}:${reason}`);
  const pools = Object.entries(status.pools).map(
    ([name, pool]) =>
      `${name}:${pool.running}/${pool.desired}/${pool.wanted}${pool.draining.length ? `-${pool.draining.length}` : ''}`,
  );
  return `${status.observedRevision?.slice(0, 6)} ${conditions.join(' ')} server:${status.server.running}/${status.server.desired} ${pools.join(' ')}`;
}

/** `h:mm:ss.mmm` since the story began. */
function clock(ms: number): string {
  const text = new Date(Math.max(0, ms)).toISOString();
  return `${Math.floor(ms / 3_600_000)}:${text.slice(14, 23)}`;
}

/** Two 32-bit FNV-1a sums with different beginnings, which is as good as needed and quick (Fowler, Noll, Vo). */
function createSum() {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  return {
    add(text: string) {
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        a = Math.imul(a ^ code, 0x01000193);
        b = Math.imul(b ^ (code + i), 0x01000193);
      }
    },
    text: () => [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join(''),
  };
}
