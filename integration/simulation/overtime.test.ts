import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  AT,
  calmSight,
  goodStatus,
  history,
  minutes,
  SPEC,
  specText,
  story,
  version,
  written,
} from './oracles/history.fixture.ts';
import { judgedAt } from './overtime.ts';
import { runStory } from './run-story.ts';

const CALM_AT = AT - minutes(5);
const IDLE_AFTER = minutes(20);

/** When a cluster of that document is judged whose story has been calm for five minutes. */
function judged(spec: object, status: (status: Status) => void = () => {}, more: object = {}): number | null {
  const past = history({ documents: [version({ text: specText(spec) })], statuses: [written(goodStatus(status))] });
  return judgedAt(calmSight({ story: { ...story, calmAt: CALM_AT, ...more } }), past);
}

const awake = (s: Status) => void Object.assign(s, { awake: true });
const atRest = (s: Status) => void Object.assign(s, { awake: false });
const sleepsAfter = (idleAfter: string) => ({ ...SPEC, scaling: { ...SPEC.scaling, idleAfter } });

describe('a run that has settled goes on', () => {
  it('until 36 minutes after a cluster’s idle time, where that is soon', () => {
    expect(judged(sleepsAfter('10m'), awake)).toBe(CALM_AT + minutes(10 + 36));
    expect(judged(sleepsAfter('10m'), atRest)).toBe(CALM_AT + minutes(10 + 36));
  });

  it('until 36 minutes after the calm, where nothing is awake', () => {
    expect(judged(sleepsAfter('2h'), atRest)).toBe(CALM_AT + minutes(36));
    expect(judgedAt(calmSight({ story: { ...story, calmAt: CALM_AT } }), history({ documents: [] }))).toBe(
      CALM_AT + minutes(36),
    );
  });

  it('no more where a cluster is rightly awake, unless its story says so', () => {
    const schedules = [{ cron: '0 8 * * *', for: '10h', pools: { default: { workers: 1 } } }];
    const scheduled = { ...SPEC, scaling: { ...SPEC.scaling, idleAfter: '2m', schedules } };
    expect(judged(sleepsAfter('2h'), awake)).toBeNull();
    expect(judged(scheduled, awake)).toBeNull();
    expect(judged(scheduled, awake, { overtime: true })).toBe(CALM_AT + minutes(36));
    expect(judged(SPEC, awake, { overtime: true })).toBe(CALM_AT + IDLE_AFTER + minutes(36));
  });

  it('with its clock, and to where it has settled again', async () => {
    const spec = { pools: { default: { workers: 1 } }, scaling: { idleAfter: '4m' } };
    const nap = { seed: 1, steps: [{ at: 1_000, do: 'edit' as const, spec }], faults: [], calmAt: minutes(3) };
    const { world, settledAfterMs, history: past } = await runStory(nap);
    expect(settledAfterMs).toBeLessThan(minutes(30));
    expect(world.now() - world.begunAt).toBeGreaterThanOrEqual(minutes(3 + 4 + 36));
    expect(past.statuses.at(-1)?.status?.asleep).toBeTruthy();
  });
});
