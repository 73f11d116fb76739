import { beforeEach, describe, expect, it } from 'vitest';
import { ProtectionRefused } from '../../duties/scale-in-guard.ts';
import { WorkerCare } from './worker-care.ts';
import type { WorkerReport } from './worker-report.ts';

/** A task whose worker, server and ECS agent are states that the tests set. */
function task() {
  const state = {
    now: 0,
    begun: false,
    paused: false,
    protected: false,
    /** Null: the worker is silent. */
    running: 0 as number | null,
    /** Undefined: no server answers. */
    draining: undefined as boolean | undefined,
    /** What it says of its pause; undefined: nothing. */
    acknowledges: undefined as boolean | undefined,
    refuses: false,
    ended: 0,
    told: undefined as WorkerReport | undefined,
  };
  const care = new WorkerCare({
    worker: { name: 'w', pool: 'a', slots: 4 },
    link: {
      report: async (report) => {
        if (state.draining === undefined) throw new Error('no server');
        state.told = report;
        return { draining: state.draining };
      },
    },
    switch: {
      hasBegun: () => state.begun,
      begin: () => {
        state.begun = true;
      },
      isPaused: () => state.paused,
      pause: () => {
        state.paused = true;
      },
    },
    load: async () => {
      if (state.running === null) throw new Error('silent');
      return { running: state.running, actions: 0, busyMs: 0, paused: state.acknowledges };
    },
    setProtection: async (on) => {
      if (on && state.refuses) throw new ProtectionRefused('no');
      // What takes work is never unprotected.
      expect(on || state.paused || !state.begun).toBe(true);
      state.protected = on;
    },
    now: () => state.now,
    log: () => {},
    end: () => {
      state.ended += 1;
    },
  });
  const look = async (times = 1) => {
    for (let n = 0; n < times; n++) {
      state.now += 2_000;
      await care.look().catch(() => {});
    }
  };
  return { state, care, look };
}

let { state, care, look } = task();
beforeEach(() => {
  ({ state, care, look } = task());
});
const working = async () => {
  await care.begin();
  state.draining = false;
  await look();
};

describe('a worker begins', () => {
  it('once its task is protected and a server answers', async () => {
    await care.begin();
    await look(3);
    expect(state).toMatchObject({ begun: false, protected: true });
    state.draining = false;
    await look();
    expect(state).toMatchObject({ begun: true, told: { running: null, protected: true } });
  });

  it('not where ECS refuses protection, and later once it grants it', async () => {
    state.refuses = true;
    await working();
    await look(3);
    expect(state.begun).toBe(false);
    state.refuses = false;
    await look(6);
    expect(state).toMatchObject({ begun: true, protected: true });
  });

  it('not when it is drained before, and gives up its protection at once', async () => {
    await care.begin();
    state.draining = true;
    await look(2);
    expect(state).toMatchObject({ begun: false, paused: false, protected: false });
    state.draining = false;
    await look(2);
    expect(state).toMatchObject({ begun: true, protected: true, ended: 0 });
  });
});

describe('a worker that is to drain', () => {
  it('is paused once it runs nothing, and stays protected until it is seen empty twice once Buildfarm must have noticed', async () => {
    await working();
    state.running = 2;
    await look();
    state.draining = true;
    await look(20);
    expect(state).toMatchObject({ paused: false, protected: true });
    state.running = 0;
    await look();
    expect(state).toMatchObject({ paused: true, protected: true });
    // Buildfarm reads its pause every 10 s, and takes work until then.
    await look(5);
    state.running = 1;
    await look();
    state.running = 0;
    await look();
    expect(state.protected).toBe(true);
    await look();
    expect(state.protected).toBe(false);
  });

  it.each([2, null])('is paused after an hour that found it never empty: it runs %s', async (running) => {
    await working();
    state.draining = true;
    state.running = running;
    await look(1_800);
    expect(state).toMatchObject({ paused: false, protected: true });
    await look();
    expect(state).toMatchObject({ paused: true, protected: true });
  });

  it('and may work again before it was paused goes on', async () => {
    await working();
    state.running = 1;
    state.draining = true;
    await look(20);
    state.draining = false;
    await look();
    expect(state).toMatchObject({ ended: 0, paused: false, protected: true, told: { running: 1 } });
    // Another hour begins with another order.
    state.draining = true;
    await look(1_795);
    expect(state.paused).toBe(false);
  });

  it('is not empty because it was before the pause', async () => {
    await working();
    await look(5);
    state.draining = true;
    await look();
    expect(state).toMatchObject({ paused: true, protected: true });
  });

  it('is not empty until Buildfarm says that it has noticed, where it says so', async () => {
    state.acknowledges = false;
    await working();
    state.draining = true;
    await look(100);
    expect(state).toMatchObject({ paused: true, protected: true });
    state.acknowledges = true;
    await look(2);
    expect(state.protected).toBe(false);
  });

  it('goes all the same when Buildfarm has not noticed in five minutes', async () => {
    state.acknowledges = false;
    await working();
    state.draining = true;
    await look(153);
    expect(state.protected).toBe(false);
  });

  it('is not empty while it is silent', async () => {
    await working();
    state.draining = true;
    state.running = null;
    await look(20);
    expect(state).toMatchObject({ protected: true, told: { running: null } });
  });

  it('stays empty when it ends, before its agent does', async () => {
    await working();
    state.draining = true;
    await look(9);
    expect(state).toMatchObject({ protected: false, told: { running: 0 } });
    state.running = null;
    await look(3);
    expect(state).toMatchObject({ protected: false, told: { running: 0 } });
  });

  it('ends its task once when it may work again', async () => {
    await working();
    state.draining = true;
    await look(4);
    state.draining = false;
    await look(9);
    expect(state.ended).toBe(1);
  });

  it('that may work again first ends what it took before it had noticed', async () => {
    await working();
    state.draining = true;
    await look(2);
    state.running = 1;
    state.draining = false;
    await look(30);
    // A build is not to count on slots that take nothing.
    expect(state).toMatchObject({ ended: 0, protected: true, told: { running: 4 } });
    state.running = 0;
    await look(3);
    expect(state.ended).toBe(1);
  });
});

describe('a worker without a server', () => {
  it('waits for one that is slow to start, and begins then', async () => {
    await care.begin();
    await look(300);
    expect(state).toMatchObject({ begun: false, paused: false, protected: false });
    state.draining = false;
    await look(2);
    expect(state).toMatchObject({ begun: true, protected: true, ended: 0 });
  });

  it('gives its task up after five minutes, paused first', async () => {
    await working();
    state.draining = undefined;
    await look(149);
    expect(state).toMatchObject({ paused: false, protected: true });
    await look(2);
    expect(state).toMatchObject({ paused: true, protected: false, ended: 0 });
    state.draining = false;
    await look(9);
    expect(state.ended).toBe(1);
  });

  it('stays protected as long as it works, or does not say', async () => {
    await working();
    state.draining = undefined;
    state.running = 1;
    await look(100);
    expect(state.protected).toBe(true);
    state.running = null;
    await look(100);
    expect(state).toMatchObject({ protected: true, paused: false });
  });
});
