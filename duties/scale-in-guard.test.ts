import { describe, expect, it } from 'vitest';
import { createScaleInGuard, ProtectionRefused } from './scale-in-guard.ts';

const MINUTE_MS = 60_000;

/** A guard, and the task whose protection it sets; `weather` says what becomes of a call. */
function world() {
  const task = { isProtected: false };
  let weather: 'works' | 'refuses' | 'loses the call' | 'loses the answer' = 'works';
  let now = 0;
  const setProtection = async (on: boolean) => {
    if (weather === 'refuses') throw new ProtectionRefused('TASK_NOT_VALID');
    if (weather !== 'loses the call') task.isProtected = on;
    if (weather !== 'works') throw new Error('no answer');
  };
  const guard = createScaleInGuard(
    setProtection,
    () => now,
    () => {},
  );
  return {
    guard,
    task,
    wait: (ms: number) => {
      now += ms;
    },
    agent: (next: typeof weather) => {
      weather = next;
    },
    seen: () => ({ isProtected: task.isProtected, accepts: guard.accepts(), says: guard.protected() }),
  };
}

const works = { isProtected: true, accepts: true, says: true };
const free = { isProtected: false, accepts: false, says: false };
const working = { draining: false, idle: false };
const idle = { draining: false, idle: true };
const drained = { draining: true, idle: true };

describe('a task', () => {
  it('is protected before it takes work, and stays so while it is idle', async () => {
    const { guard, seen } = world();
    expect(seen()).toEqual(free);
    await guard.begin();
    expect(seen()).toEqual(works);
    await guard.answered(idle);
    expect(seen()).toEqual(works);
  });

  it('that is drained keeps its protection until nothing runs, and has it again before it works', async () => {
    const { guard, seen } = world();
    await guard.begin();
    await guard.answered({ draining: true, idle: false });
    expect(seen()).toEqual({ ...works, accepts: false });
    await guard.answered(drained);
    expect(seen()).toEqual(free);
    await guard.answered(idle);
    expect(seen()).toEqual(works);
  });

  // ECS refuses (DEPLOYMENT_BLOCKED) what it is about to stop: an action that began there would be killed.
  it.each(['refuses', 'loses the call', 'loses the answer'] as const)(
    'takes no work while nobody knows it to be protected: ECS %s',
    async (failure) => {
      const { guard, seen, wait, agent } = world();
      agent(failure);
      await guard.begin();
      expect(seen().accepts).toBe(false);
      agent('works');
      await guard.answered(working);
      expect(seen().accepts, 'it does not ask again at once').toBe(false);
      wait(10_000);
      await guard.answered(working);
      expect(seen()).toEqual(works);
    },
  );

  it('takes no work after a call to lift its protection of which nobody knows the outcome', async () => {
    const { guard, seen, wait, agent } = world();
    await guard.begin();
    agent('loses the answer');
    await guard.answered(drained);
    await guard.answered(idle);
    expect(seen()).toEqual({ isProtected: false, accepts: false, says: true });
    agent('works');
    wait(10_000);
    await guard.answered(idle);
    expect(seen()).toEqual(works);
  });

  it.each(['loses the call', 'loses the answer'] as const)('is not said to be free when ECS %s', async (failure) => {
    const { guard, seen, wait, agent } = world();
    agent(failure);
    await guard.begin();
    await guard.answered(drained);
    expect(seen()).toMatchObject({ accepts: false, says: true });
    agent('works');
    wait(10_000);
    await guard.answered(drained);
    expect(seen()).toEqual(free);
  });
});

describe('a task whose server is gone', () => {
  it('is given up after five minutes, and protected again before it takes work', async () => {
    const { guard, seen, wait } = world();
    await guard.begin();
    await guard.answered(idle);
    wait(5 * MINUTE_MS - 1);
    await guard.unanswered({ idle: true });
    expect(seen()).toEqual(works);
    wait(1);
    await guard.unanswered({ idle: true });
    expect(seen()).toEqual(free);
    await guard.answered(idle);
    expect(seen()).toEqual(works);
    await guard.unanswered({ idle: true });
    expect(seen(), 'five minutes begin with each answer').toEqual(works);
  });

  it('is given up too when there never was a server', async () => {
    const { guard, seen, wait } = world();
    await guard.begin();
    wait(5 * MINUTE_MS);
    await guard.unanswered({ idle: true });
    expect(seen()).toEqual(free);
  });

  it('is not given up while something runs on it', async () => {
    const { guard, seen, wait } = world();
    await guard.begin();
    wait(60 * MINUTE_MS);
    await guard.unanswered({ idle: false });
    expect(seen()).toEqual(works);
    await guard.unanswered({ idle: true });
    expect(seen()).toEqual(free);
  });
});
