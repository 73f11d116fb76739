import { describe, expect, it } from 'vitest';
import type { Status } from '../../../config-schema/documents.ts';
import type { BuildEvent } from '../history.ts';
import {
  AT,
  call,
  calmSight,
  condition,
  goodStatus,
  history,
  minutes,
  SERVER,
  SPEC,
  service,
  sight,
  specText,
  stack,
  story,
  version,
  written,
} from './history.fixture.ts';
import { endsAsTheSpecSays, idleClustersSleep, nothingLeaks, statusIsFresh } from './liveness.ts';
import { buildsAreServed } from './served.ts';

const said = (change?: Parameters<typeof goodStatus>[0], documents = [version()]) =>
  history({ documents, statuses: [written(goodStatus(change))] });
const stall = (s: Status) => {
  Object.assign(condition(s, 'Stalled'), { status: 'True', reason: 'StackFailed', message: 'the stack failed' });
};
const stalled = said(stall);

describe('the end', () => {
  it('is right when all runs as it should', () => {
    expect(endsAsTheSpecSays.judge(calmSight(), said())).toEqual([]);
    expect(nothingLeaks.judge(calmSight(), said())).toEqual([]);
  });

  it('is wrong with a worker less, or another image', () => {
    const short = calmSight({ services: [service({ name: SERVER, desired: 1, running: 1 }), service({ running: 1 })] });
    expect(endsAsTheSpecSays.judge(short, said()).join()).toContain('runs 1 of 2');
    const other = [version({ text: specText({ ...SPEC, engine: { worker: 'worker:2' } }) })];
    expect(endsAsTheSpecSays.judge(calmSight(), said(undefined, other)).join()).toContain(
      'image of worker is worker, not worker:2',
    );
  });

  it('is right with a worker less where the budget is said to hold it back', () => {
    const limited = [version({ text: specText({ ...SPEC, budget: { usdPerHour: 0.1 } }) })];
    const tight = (askedBySpec: number) =>
      said((s) => {
        const limit = { by: 'budget', asked: 2, askedBySpec };
        Object.assign(s.pools.default ?? {}, { wanted: 1, because: 'budget (spec.workers)', limit });
      }, limited);
    const server = service({ name: SERVER, desired: 1, running: 1 });
    const short = calmSight({ services: [server, service({ desired: 1, running: 1 })] });
    expect(endsAsTheSpecSays.judge(short, tight(2))).toEqual([]);
    expect(endsAsTheSpecSays.judge(short, tight(0)).join()).toContain('told to run 1, not 2');
  });

  it('is wrong when Stalled has no cause that lasts', () => {
    expect(endsAsTheSpecSays.judge(calmSight(), stalled).join()).toContain('no lasting cause');
    const faults = [{ point: 'stacks.create', kind: 'denied' as const, lasting: true }];
    expect(endsAsTheSpecSays.judge(calmSight({ story: { ...story, faults } }), stalled)).toEqual([]);
  });

  it('may leave a document unanswered that nobody may read, and say so', () => {
    const unread = said(
      (s) => void Object.assign(condition(s, 'Accepted'), { status: 'Unknown' }),
      [version(), version({ revision: 'r2', text: specText({ ...SPEC, suspend: false }) })],
    );
    expect(endsAsTheSpecSays.judge(calmSight(), unread).join()).toContain('r2 is not answered');
    const faults = [{ point: 'documents.read:cluster', kind: 'denied' as const, lasting: true }];
    expect(endsAsTheSpecSays.judge(calmSight({ story: { ...story, faults } }), unread)).toEqual([]);
  });

  it('may be Stalled over stacks of another cluster, which a document means that names its own', () => {
    const others = calmSight({ stacks: [stack({ name: SERVER, uid: 'u2' }), stack()] });
    expect(endsAsTheSpecSays.judge(others, stalled)).toEqual([]);
    const unnamed = specText(SPEC).replace(',"uid":"u1"', '');
    const stalledUnnamed = said(stall, [version({ text: unnamed })]);
    expect(endsAsTheSpecSays.judge(others, stalledUnnamed).join()).toContain('no lasting cause');
  });

  it('is wrong when it says neither', () => {
    const silent = said((s) => void Object.assign(condition(s, 'Ready'), { status: 'False', reason: 'UpdateWaits' }));
    expect(endsAsTheSpecSays.judge(calmSight(), silent).join()).toContain('UpdateWaits');
  });

  it('of a deletion leaves nothing', () => {
    const buried = [version({ text: specText({ delete: { uid: 'u1' } }) })];
    const gone = history({ documents: buried });
    expect(endsAsTheSpecSays.judge(sight(), gone)).toEqual([]);
    expect(endsAsTheSpecSays.judge(calmSight(), gone).join()).toContain('deleted, but left');
    expect(nothingLeaks.judge(calmSight(), gone)).toHaveLength(2);
  });

  it('of a deletion leaves no object that its last look has seen', () => {
    const forgotten = { ...written(goodStatus()), status: null };
    const documents = [version({ text: specText({ delete: { uid: 'u1' } }) })];
    const gone = history({ documents, statuses: [forgotten], calls: [call()] });
    const left = (file: string, writtenAt: number) => {
      const key = `clusters/main/${file}`;
      const of = (asked: string) => (asked === key ? writtenAt : undefined);
      return endsAsTheSpecSays.judge(sight({ keys: [key], writtenAt: of }), gone).join();
    };
    expect(left('activity.json', AT - minutes(1))).toBe('deleted, but clusters/main/activity.json is still there');
    expect(left('leases/b1.json', AT - minutes(1))).toContain('leases/b1.json is still there');
    expect(left('activity.json', AT), 'it came later').toBe('');
    expect(left('cluster.json', AT - minutes(1)), 'the tombstone itself').toBe('');
  });

  it('of a document that was never valid has nothing', () => {
    const never = history({ documents: [version({ text: '{', valid: false })] });
    expect(endsAsTheSpecSays.judge(calmSight(), never)).toHaveLength(2);
  });

  it('leaves no stack of a pool that left the spec', () => {
    const more = calmSight({ stacks: [stack({ name: 'bbf--main--pool--old', part: 'old' })] });
    expect(nothingLeaks.judge(more, said()).join()).toContain('wanted by nobody');
  });
});

describe('what is left', () => {
  it('is no task of a service that is gone', () => {
    const left = service({ name: 'bbf--main--pool--old', part: 'old', status: 'INACTIVE', alive: 1 });
    const more = calmSight({ services: [...calmSight().services, left] });
    expect(nothingLeaks.judge(more, said()).join()).toContain('1 tasks run on of service bbf--main--pool--old');
    const ended = calmSight({ services: [...calmSight().services, { ...left, alive: 0 }] });
    expect(nothingLeaks.judge(ended, said())).toEqual([]);
  });

  it('is no lock', () => {
    const locked = (at: number) => calmSight({ writtenAt: (key) => (key === 'clusters/main/lock.json' ? at : 0) });
    expect(nothingLeaks.judge(locked(AT - minutes(40)), said()).join()).toContain('lock of main has been there for 40');
    expect(nothingLeaks.judge(locked(AT - minutes(5)), said())).toEqual([]);
    const faults = [{ point: 'documents.remove:lock', kind: 'denied' as const, lasting: true }];
    expect(nothingLeaks.judge({ ...locked(0), story: { ...story, faults } }, said())).toEqual([]);
  });
});

describe('a build', () => {
  const build = (what: BuildEvent['what'], at: number): BuildEvent => ({
    at,
    cluster: 'main',
    build: 'b1',
    what,
    pool: 'default',
    workers: 1,
    ttlSeconds: 90,
  });

  it('is told whether it may start', () => {
    const builds = (end: BuildEvent['what'], at: number) => history({ builds: [build('lease', 0), build(end, at)] });
    expect(buildsAreServed.judge(calmSight(), builds('ready', minutes(2)))).toEqual([]);
    const clock = calmSight({ story: { ...story, steps: [{ at: 0, do: 'clock', skewMs: 1 }] } });
    expect(buildsAreServed.judge(clock, builds('hopeless', minutes(2)))).toEqual([]);
    expect(buildsAreServed.judge(calmSight(), builds('hopeless', minutes(2)))).toHaveLength(1);
    expect(buildsAreServed.judge(calmSight(), builds('ready', minutes(20)))).toHaveLength(1);
    expect(buildsAreServed.judge(calmSight(), builds('gave-up', minutes(10)))).toHaveLength(1);
    expect(buildsAreServed.judge(calmSight(), history({ builds: [build('lease', 0)] }))).toHaveLength(1);
  });
});

describe('time that passes', () => {
  it('puts an idle cluster to sleep', () => {
    expect(idleClustersSleep.judge(calmSight(), said()).length).toBeGreaterThan(0);
    expect(idleClustersSleep.judge(calmSight({ now: minutes(30) }), said())).toEqual([]);
    expect(idleClustersSleep.judge(calmSight({ services: [] }), said())).toEqual([]);
  });

  it('makes a status stale', () => {
    const old = history({ statuses: [written(goodStatus(), AT - minutes(40))] });
    expect(statusIsFresh.judge(calmSight(), old).join()).toContain('40 minutes old');
    expect(statusIsFresh.judge(calmSight(), said())).toEqual([]);
  });
});
