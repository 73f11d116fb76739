import { describe, expect, it } from 'vitest';
import {
  AT,
  call,
  calmSight,
  goodStatus,
  history,
  minutes,
  mutation,
  SERVER,
  SPEC,
  service,
  specText,
  story,
  version,
  written,
} from './history.fixture.ts';
import { awakeIsWatched, editsAreNotSleptOver, oddLeasesHold, serverGoesLast } from './sleep.ts';

const asleep = (at: number) =>
  goodStatus((status) => {
    status.asleep = { since: new Date(at).toISOString(), revision: 'r1' };
  });
const server = service({ name: SERVER, desired: 1, running: 1 });
const empty = calmSight({ services: [server, service({ desired: 0, running: 0 })] });
const stop = mutation({ target: SERVER, before: 1, after: 0 });

/** One look at what runs, then a second one with the news. */
function judged(news: Parameters<typeof history>[0], sight = empty) {
  const past = history(news);
  const { fresh } = past;
  past.fresh = history({ documents: [] }).fresh;
  serverGoesLast.judge(sight, past);
  past.fresh = fresh;
  return serverGoesLast.judge(sight, past);
}

describe('a server is told to stop', () => {
  const statuses = [written(asleep(AT - 1_000), AT - 1_000)];

  it('once status has said that the cluster sleeps', () => {
    expect(judged({ statuses, mutations: [stop] })).toEqual([]);
    expect(judged({ mutations: [stop] }).join()).toContain('before status said');
    expect(judged({ statuses: [written(asleep(AT), AT)], mutations: [stop] }).join()).toContain('before status said');
  });

  it('or for a tombstone', () => {
    const documents = [version({ text: specText({ ...SPEC, delete: { uid: 'u1' } }) })];
    expect(judged({ documents, mutations: [stop] })).toEqual([]);
  });

  it('when no worker runs any more', () => {
    expect(judged({ statuses, mutations: [stop] }, calmSight()).join()).toContain('ran 2 workers');
    const byHand = mutation({ at: AT - 1_000, actor: 'person', before: 0, after: 2 });
    expect(judged({ statuses, mutations: [byHand, stop] }, calmSight())).toEqual([]);
    const lied = [call({ point: 'services.describe', fault: 'stale' })];
    expect(judged({ statuses, calls: lied, mutations: [stop] }, calmSight())).toEqual([]);
  });

  it('by itself, not by people, and no pool is one', () => {
    expect(judged({ mutations: [{ ...stop, actor: 'person' }] })).toEqual([]);
    expect(judged({ mutations: [mutation({ after: 0 })] })).toEqual([]);
    expect(judged({ mutations: [{ ...stop, before: 0, after: 1 }] })).toEqual([]);
  });
});

describe('an edit', () => {
  const slept = (editedAt: number, revision = 'r1') =>
    editsAreNotSleptOver.judge(
      calmSight(),
      history({ documents: [version({ at: editedAt, revision })], statuses: [written(asleep(AT))] }),
    );

  it('keeps a cluster awake for idleAfter', () => {
    expect(slept(AT - minutes(19)).join()).toContain('1140 s after an edit; idleAfter is 20m');
    expect(slept(AT - minutes(20))).toEqual([]);
  });

  it('that nobody has accepted yet does not', () => expect(slept(AT - minutes(1), 'r2')).toEqual([]));
});

it('a cluster that is awake is watched by the fast schedule', () => {
  const statuses = [written(goodStatus(), AT - minutes(3))];
  const set = (after: string) => mutation({ kind: 'schedule', target: 'fast', before: null, after });
  expect(awakeIsWatched.judge(calmSight(), history({ statuses, mutations: [set('true')] }))).toEqual([]);
  expect(awakeIsWatched.judge(calmSight(), history({ statuses })).join()).toContain('awake for 3 minutes');
  expect(awakeIsWatched.judge(calmSight(), history({ statuses, mutations: [set('true'), set('false')] }))).toHaveLength(
    1,
  );
  const faults = [{ point: 'schedule.setFast', kind: 'throttled' as const }];
  expect(awakeIsWatched.judge(calmSight({ story: { ...story, faults } }), history({ statuses }))).toEqual([]);
});

it('a lease that nobody understands holds a cluster for an hour', () => {
  const slept = (leasedAt: number) => {
    const steps = [{ at: leasedAt, do: 'lease' as const, id: 'odd', text: '{}' }];
    const news = history({ statuses: [written(asleep(AT))] });
    return oddLeasesHold.judge(calmSight({ story: { ...story, steps } }), news);
  };
  expect(slept(AT - minutes(30)).join()).toContain('nobody understands');
  expect(slept(AT - minutes(61))).toEqual([]);
  expect(slept(AT - minutes(1))).toEqual([]);
});
