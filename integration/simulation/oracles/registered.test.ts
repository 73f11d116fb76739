import { describe, expect, it } from 'vitest';
import { AT, calmSight, condition, goodStatus, history, serving, story, written } from './history.fixture.ts';
import { registeredWorkersAreThere } from './registered.ts';

/** A status that counts two workers, of which one has ended so long ago. */
function judgedAfter(ago: number, engine: 'farm' | 'buildfarm' = 'farm'): string {
  const workers = [serving(), serving({ task: 't2', until: AT - ago })];
  const said = history({ statuses: [written(goodStatus())] }, workers);
  return registeredWorkersAreThere.judge(calmSight({ story: { ...story, engine } }), said).join();
}

describe('registered workers', () => {
  it('are those that serve', () => {
    expect(registeredWorkersAreThere.judge(calmSight(), history({ statuses: [written(goodStatus())] }))).toEqual([]);
  });

  it('do not count once the farm has had time to miss them', () => {
    expect(judgedAfter(1_000)).toBe('');
    expect(judgedAfter(5_000)).toContain('counts 2 workers of default as registered; within');
  });

  it('are those of before where nothing was looked at', () => {
    const held = goodStatus((s) => void Object.assign(condition(s, 'WorkersAvailable'), { status: 'Unknown' }));
    expect(registeredWorkersAreThere.judge(calmSight(), history({ statuses: [written(held)] }, []))).toEqual([]);
  });

  it('are missed later by Buildfarm', () => {
    expect(judgedAfter(5_000, 'buildfarm')).toBe('');
    expect(judgedAfter(12_000, 'buildfarm')).toContain('there were 1');
  });
});
