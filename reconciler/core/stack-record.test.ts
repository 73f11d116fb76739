import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodHash,
  goodStacks,
  iso,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  want,
} from './observation.fixture.ts';
import type { StackObservation } from './observation.ts';

type Present = Extract<StackObservation, { state: 'present' }>;

describe('what is noted of a stack', () => {
  const tried = { create: { goal: 'g', revision: 'r0', count: 2, at: iso(NOW), cause: null } };
  const statusBefore = (fields: object = {}): Status => {
    const { status } = passOf({ spec: want(0), server: [0, 0], pool: [0, 0] });
    return {
      ...status,
      stacks: {
        ...status.stacks,
        [POOL]: { id: 'x', status: 'X', hash: 'h', readAt: 'then', attempts: tried, ...fields },
      },
    };
  };
  const noted = (pool: Facts['stacks'], facts: Facts = {}) => {
    const stacks = { ...goodStacks(specOf(want(0))), ...pool };
    return passOf({ spec: want(0), server: [0, 0], pool: [0, 0], stacks, status: statusBefore(), ...facts }).status
      .stacks[POOL];
  };
  const good = (status: string, facts: Partial<Present> = {}): Facts['stacks'] => {
    const read = goodStacks(specOf(want(0)))[POOL];
    return {
      [POOL]: {
        known: true,
        value: { ...(read?.known ? (read.value as Present) : ({} as Present)), status, ...facts },
      },
    };
  };

  it('one that is as it shall be has no tries to remember', () => {
    expect(noted(good('CREATE_COMPLETE'))?.attempts).toEqual({});
    expect(noted(good('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'))?.attempts).toEqual(tried);
    expect(noted(good('IMPORT_ROLLBACK_FAILED'))?.attempts).toEqual(tried);
    expect(noted(good('CREATE_COMPLETE', { uid: 'u0' }))).toMatchObject({ hash: null, attempts: tried });
  });

  it('when it last changed, as long as that was bbf', () => {
    const changed = (byHand: boolean, at: string) => noted(good('UPDATE_COMPLETE', { lastChange: { at, byHand } }));
    expect(changed(false, iso(NOW))).toMatchObject({ hash: expect.any(String), changedAt: iso(NOW) });
    expect(changed(true, iso(NOW))).toMatchObject({ hash: null });
    expect(changed(true, iso(NOW))?.changedAt).toBe(undefined);
    const before = { status: statusBefore({ changedAt: iso(NOW - 1) }) };
    const byHand = { lastChange: { at: iso(NOW), byHand: true } };
    expect(noted(good('UPDATE_COMPLETE', byHand), before)?.changedAt).toBe(iso(NOW - 1));
    expect(noted(good('UPDATE_IN_PROGRESS', { lastChange: null }), before)?.changedAt).toBe(iso(NOW - 1));
  });

  it('one at rest of whose last change nobody knows is read again', () => {
    const before = { status: statusBefore({ changedAt: iso(NOW - 1) }) };
    const unsure = noted(good('UPDATE_COMPLETE', { lastChange: null }), before);
    expect(unsure).toMatchObject({ hash: null, changedAt: iso(NOW - 1) });
    expect(noted(good('UPDATE_IN_PROGRESS', { lastChange: null }), before)?.hash).not.toBe(null);
  });

  it('one that could not be read stays as it was', () => {
    const unread = { [POOL]: { known: false as const, error: 'Throttling' } };
    expect(noted(unread)).toEqual({ id: 'x', status: 'X', hash: 'h', readAt: 'then', attempts: tried });
    expect(noted(unread, { status: null })).toBe(undefined);
  });

  it('one that is not there is noted for the sake of its tries alone', () => {
    expect(noted({ [POOL]: noStack }, { services: { known: false, error: 'Throttling' } })).toMatchObject({
      id: '',
      status: 'ABSENT',
      hash: null,
    });
    const { status } = passOf({
      spec: want(0),
      server: [0, 0],
      pool: [0, 0],
      stacks: { ...goodStacks(specOf(want(0))), [POOL]: noStack },
    });
    expect(status.stacks[POOL]).toBe(undefined);
  });

  describe('when its creation was called for', () => {
    const asked = (ago: number) => ({ status: statusBefore({ askedAt: iso(NOW - ago) }) });
    const askedAt = (pool: Facts['stacks'], facts: Facts) => noted(pool, facts)?.askedAt;
    it('from that call on, whoever sees it, for half a minute', () => {
      expect(askedAt({ [POOL]: noStack }, { pool: undefined })).toBe(iso(NOW));
      expect(askedAt(good('CREATE_IN_PROGRESS'), asked(29_999))).toBe(iso(NOW - 29_999));
      expect(askedAt(good('CREATE_IN_PROGRESS'), asked(30_000))).toBe(undefined);
    });
    it('also where nobody wants it any more, and it is not to be seen', () => {
      const removed: Facts = { spec: { pools: {} }, pool: undefined };
      const entry = (ago: number) => noted({ [POOL]: noStack }, { ...removed, ...asked(ago) });
      expect(entry(29_999)).toMatchObject({ id: '', status: 'ABSENT', askedAt: iso(NOW - 29_999) });
      const untried = { status: statusBefore({ attempts: {}, askedAt: iso(NOW - 30_000) }) };
      expect(noted({ [POOL]: noStack }, { ...removed, ...untried })).toBe(undefined);
    });
    it('not once it was told to go', () => {
      const failed = good('ROLLBACK_COMPLETE');
      expect(noted(failed, asked(1_000))).toMatchObject({ attempts: { clear: { count: 1 } } });
      expect(askedAt(failed, asked(1_000))).toBe(undefined);
    });
  });

  it('an operation on one stack is no try of another', () => {
    const stacks = { ...goodStacks(specOf(want(0))), ...good('ROLLBACK_COMPLETE', { reason: 'no such image' }) };
    const busy = { [SERVER]: stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') };
    const { status } = passOf({ spec: want(0), server: [0, 0], stacks: { ...stacks, ...busy } });
    expect(status.stacks[POOL]?.attempts).toMatchObject({ clear: { count: 1, cause: 'no such image' } });
    expect(status.stacks[SERVER]?.attempts).toEqual({});
  });

  it('the first try of one that was never there has no cause', () => {
    const { status } = passOf({ spec: want(0), stacks: { ...goodStacks(specOf(want(0))), [POOL]: noStack } });
    expect(status.stacks[POOL]?.attempts?.create?.cause).toBe(null);
  });

  describe('what ECS said of its tasks', () => {
    const failing = {
      services: servicesOf({ server: serviceOf(0, 0), default: serviceOf(0, 0, { troubles: ['no such image'] }) }),
    };
    const earlier = (trouble: string) => ({ status: statusBefore({ trouble }) });
    const trouble = (status: string, facts: Facts, more: Partial<Present> = {}) =>
      noted(good(status, more), facts)?.trouble;
    it.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'])(
      'as it is changed: %s',
      (status) => {
        expect(trouble(status, failing)).toBe('no such image');
      },
    );
    it('the newest word while it goes forward, and the one from before while it goes back', () => {
      expect(trouble('UPDATE_IN_PROGRESS', { ...failing, ...earlier('older') })).toBe('no such image');
      expect(trouble('UPDATE_ROLLBACK_IN_PROGRESS', { ...failing, ...earlier('older') })).toBe('older');
    });
    it('until it is as wanted, or is changed again', () => {
      const waits = {
        attempts: { update: { goal: goodHash(want(0), POOL), revision: 'r1', count: 3, at: iso(NOW), cause: null } },
      };
      const failed = (fields: object) => ({ status: statusBefore({ trouble: 'older', ...fields }) });
      const old = { hash: 'another' };
      expect(trouble('UPDATE_ROLLBACK_COMPLETE', failed(waits), old)).toBe('older');
      expect(trouble('UPDATE_ROLLBACK_COMPLETE', failed({ attempts: {} }), old)).toBe(undefined);
      expect(trouble('UPDATE_COMPLETE', failed(waits))).toBe(undefined);
    });
  });

  it('since when its service is missed, from the first look on', () => {
    const missed = (fields: object) =>
      noted(good('CREATE_COMPLETE'), { pool: undefined, status: statusBefore(fields) })?.missingSince;
    expect(missed({})).toBe(iso(NOW));
    expect(missed({ missingSince: iso(NOW - 1_000) })).toBe(iso(NOW - 1_000));
    expect(noted(good('CREATE_IN_PROGRESS'), { pool: undefined })?.missingSince).toBe(undefined);
    expect(noted(good('CREATE_COMPLETE'), { status: statusBefore({ missingSince: iso(NOW) }) })?.missingSince).toBe(
      undefined,
    );
  });
});
