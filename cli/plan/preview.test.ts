import { describe, expect, it } from 'vitest';
import {
  type Facts,
  goodHash,
  goodStacks,
  longTold,
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
  worker,
} from '../../reconciler/core/observation.fixture.ts';
import { createColors } from '../output/colors.ts';
import { type Preview, previewOf } from './preview.ts';
import { previewText } from './preview-text.ts';

const good: Facts = { spec: want(1), server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
const pools = (fields: object) => ({ pools: { default: { workers: 1, ...fields } } });
const before = goodStacks(specOf(want(1)));
const only = (pool: ReturnType<typeof stack> | typeof noStack) => ({ ...before, [POOL]: pool });
const UPDATED = goodHash(pools({ slots: 8 }), POOL);
const failing = { rollout: 'FAILED', rolloutReason: 'tasks failed to start' };
const refused = {
  state: 'invalid' as const,
  revision: 'r2',
  modifiedAt: NOW,
  problems: [{ pointer: '/spec', message: 'is wrong', expected: 'right', fix: 'mend it' }],
};
const tombstone = { ...want(0), delete: { uid: 'u1' } };

function preview(facts: Facts): Preview {
  const watched = longTold(passOf(good).status);
  const { o: observation, plan } = passOf({ ...good, status: watched, ...facts });
  const foreseen = { observation, plan };
  return previewOf(foreseen, foreseen);
}

describe('there is something to do', () => {
  const rows: [string, Facts, boolean, string[]][] = [
    ['not where all is as wanted', {}, false, []],
    ['once the builds end', { leases: [1], spec: pools({ slots: 8 }), stacks: before }, true, ['UpdateWaits']],
    [
      'once its workers have drained for another shape, which leads back to as many',
      { spec: pools({ slots: 8 }), stacks: before },
      true,
      ['Draining'],
    ],
    ['once CloudFormation has made the stack', { stacks: only(stack('CREATE_IN_PROGRESS')) }, true, ['StackBusy']],
    ['once it can be read', { stacks: only({ known: false, error: 'SlowDown' } as never) }, true, ['StackUnreadable']],
    ['once a person has repaired it', { stacks: only(stack('IMPORT_ROLLBACK_FAILED')) }, true, ['StackStuck']],
    ['once somebody has deleted what is left over', { stacks: only(noStack) }, true, ['ServiceLeftOver']],
    [
      'not while CloudFormation makes it as it is wanted',
      {
        spec: pools({ slots: 8 }),
        stacks: { ...before, [POOL]: stack('UPDATE_IN_PROGRESS', { hash: UPDATED }) },
      },
      false,
      ['StackBusy'],
    ],
    [
      'once somebody has mended a document that is refused',
      { document: refused, accepted: { revision: 'r1', uid: 'u1', spec: specOf(good.spec ?? {}) } },
      true,
      ['Invalid'],
    ],
    ['not while workers start', { pool: [1, 0], activity: { workers: [] } }, false, ['Starting']],
    [
      'not where tasks fail to start, which another pass does not change',
      { services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 0, failing) }), activity: {} },
      false,
      ['RolloutFailed'],
    ],
    [
      'not while it is suspended',
      { leases: [1], spec: { ...pools({ slots: 8 }), suspend: true }, stacks: before },
      false,
      ['Suspended'],
    ],
    [
      'once the last lease on what is to be deleted ends',
      { leases: [0], spec: tombstone, server: [0, 0], pool: [0, 0], stacks: goodStacks(specOf(tombstone)) },
      true,
      ['LeaseHolds'],
    ],
  ];
  it.each(rows)('%s', (_when, facts, changes, reasons) => {
    const got = preview(facts);
    expect({ changes: got.changes, actions: got.actions.map(({ words }) => words) }).toEqual({ changes, actions: [] });
    expect(got.waits.map(({ reason }) => reason)).toEqual(reasons);
  });

  it('and its first line says that it is put off', () => {
    const text = (facts: Facts) => previewText(preview(facts), 'c.json', 100, createColors(false)).split('\n')[0];
    const update: Facts = { leases: [1], spec: pools({ slots: 8 }), stacks: before };
    expect(text(update)).toBe('main: with c.json, the first pass would do nothing yet; what it waits for is below');
    expect(text({})).toBe('main: with c.json, the first pass would do nothing');
  });
});

it('the server’s stack counts as a pool’s does', () => {
  const stacks = { ...before, [SERVER]: stack('UPDATE_COMPLETE') };
  expect(preview({ leases: [1], stacks })).toMatchObject({ changes: true, actions: [], waits: [{ wish: 'server' }] });
});
