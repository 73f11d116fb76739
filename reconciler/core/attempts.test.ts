import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { isOwnToken, operationOf, pauseOf, recorded, type StackRecord, spent, tokenOf } from './attempts.ts';
import { goodHash, iso, minutes, NOW, observation, POOL } from './observation.fixture.ts';
import type { Action } from './plan.ts';
import { stackWishes } from './shapes.ts';
import { type Situation, situationOf } from './situation.ts';
import type { StackWish } from './stack-step.ts';

const spec = { pools: { default: { workers: 0 } } };
type Tried = NonNullable<Status['stacks'][string]['attempts']>[string];

function place(): { s: Situation; wish: StackWish; unwanted: StackWish; goal: string } {
  const o = observation({ spec });
  const s = situationOf(o) as Situation;
  const wish = stackWishes(o, s, false).pools.default as StackWish;
  return { s, wish, unwanted: { ...wish, shape: null }, goal: wish.shape?.hash ?? '' };
}
const ID = 'arn:aws:cloudformation:us-east-1:000000000000:stack/x/0123456789ab';
const record = (attempts: Record<string, Tried>): StackRecord => ({
  id: ID,
  status: 'X',
  hash: null,
  readAt: iso(NOW),
  attempts,
});
const action = (type: Extract<Action, { stack: string }>['type']) =>
  ({ type, stack: POOL }) as Extract<Action, { stack: string }>;

it.each([
  ['CreateStack', 'create', 'create'],
  ['UpdateStack', 'update', 'update'],
  ['DeleteStack', 'clear', 'delete'],
  ['CancelUpdate', 'cancel', 'cancel'],
  ['ContinueRollback', 'continue', 'continue'],
  ['RollbackStack', 'rollback', 'rollback'],
] as const)('%s counts as %s of a stack that is wanted, as %s of one that is not', (type, wanted, unwanted) => {
  const { wish, unwanted: none } = place();
  expect([operationOf(action(type), wish), operationOf(action(type), none)]).toEqual([wanted, unwanted]);
});

describe('the pause before the next try', () => {
  const tried = (fields: Partial<Tried>): Tried => ({
    goal: place().goal,
    revision: 'r1',
    count: 1,
    at: iso(NOW),
    cause: null,
    ...fields,
  });
  const waits = (tries: string, until: string, cause = '') =>
    `waiting StackBackoff: create of stack ${POOL} was tried ${tries} for this revision${cause}; next try ${until}`;
  // rule, what was tried, what it leads to
  const rows: [string, Partial<Tried> | null, string | null][] = [
    ['none before the first', null, null],
    ['15 s after the first', {}, waits('once', '2026-11-23T09:00:15.000Z')],
    ['to the millisecond', { at: iso(NOW - 14_999) }, waits('once', '2026-11-23T09:00:00.001Z')],
    ['then it is tried again', { at: iso(NOW - 15_000) }, null],
    ['30 s after the second', { count: 2 }, waits('2 times', '2026-11-23T09:00:30.000Z')],
    [
      'it says what failed',
      { cause: 'no such image' },
      waits('once', '2026-11-23T09:00:15.000Z', '; the last failure: no such image'),
    ],
    [
      'three are enough',
      { count: 3, at: iso(NOW - minutes(999)), cause: 'no such image' },
      `stalled StackFailed: create of stack ${POOL} was tried 3 times for this revision and failed; the last failure: no such image. Repair the cause or change the spec; a new revision is tried again`,
    ],
    ['a new revision begins anew', { count: 3, revision: 'r0' }, null],
    ['another shape too', { count: 3, goal: 'older' }, null],
  ];
  it.each(rows)('%s', (_rule, fields, expected) => {
    const { s, wish } = place();
    const pause = pauseOf(s, wish, fields ? record({ create: tried(fields) }) : undefined, 'create');
    expect(pause && 'reason' in pause ? `${pause.state} ${pause.reason}: ${pause.message}` : pause).toBe(expected);
  });

  it('another operation has its own', () => {
    const { s, wish } = place();
    expect(pauseOf(s, wish, record({ create: tried({ count: 3 }) }), 'update')).toBe(null);
    expect(pauseOf(s, wish, { ...record({}), attempts: undefined }, 'update')).toBe(null);
  });

  it('is over for good after three', () => {
    const { s, wish } = place();
    expect([2, 3].map((count) => spent(s, wish, record({ create: tried({ count }) }), 'create'))).toEqual([
      false,
      true,
    ]);
  });
});

describe('what is noted of a try', () => {
  const create: Tried = { goal: 'g', revision: 'r1', count: 2, at: iso(NOW - minutes(1)), cause: 'no such image' };

  it('counts on for the same revision and shape, and keeps the cause until there is a newer one', () => {
    const { s, wish, goal } = place();
    const before = record({ create: { ...create, goal } });
    const noted = (cause: string | null) => recorded(s, wish, before, action('CreateStack'), cause).create;
    expect(noted(null)).toEqual({ goal, revision: 'r1', count: 3, at: iso(NOW), cause: 'no such image' });
    expect(noted('no such role')?.cause).toBe('no such role');
  });

  it('begins at one, without a cause, for a stack that was never tried', () => {
    const { s, unwanted } = place();
    const expected = { goal: 'none', revision: 'r1', count: 1, at: iso(NOW), cause: null };
    expect(recorded(s, unwanted, undefined, action('DeleteStack'), null)).toEqual({ delete: expected });
  });

  it('leaves other operations as they were', () => {
    const { s, wish } = place();
    const noted = recorded(s, wish, record({ create }), action('UpdateStack'), 'busy');
    expect(noted).toEqual({ create, update: expect.objectContaining({ count: 1, cause: 'busy' }) });
  });

  it('a failed creation that is cleared away leaves its cause to the next one', () => {
    const { s, wish } = place();
    const cleared = (cause: string | null) =>
      recorded(s, wish, record({ create }), action('DeleteStack'), cause).create;
    expect(cleared('quota reached')).toEqual({ ...create, cause: 'quota reached' });
    expect(cleared(null)).toEqual(create);
    expect(Object.keys(recorded(s, wish, record({}), action('DeleteStack'), 'quota reached'))).toEqual(['clear']);
  });
});

describe('the token of a call', () => {
  it('is made of all that the decision hangs on', () => {
    const { s, wish, unwanted } = place();
    const end = goodHash(spec, POOL).slice(-12);
    expect(tokenOf(s, wish, undefined, 'create')).toBe(`bbf-1-create-${end}-r1-new-u1`);
    expect(tokenOf(s, unwanted, record({}), 'delete')).toBe('bbf-1-delete-none-r1-0123456789ab-u1');
    expect(tokenOf(s, wish, { ...record({}), id: '' }, 'create')).toContain('-new-');
    const tried = record({ create: { goal: place().goal, revision: 'r1', count: 2, at: iso(NOW), cause: null } });
    expect(tokenOf(s, wish, tried, 'create')).toMatch(/^bbf-3-create-/);
  });

  it('is another one once the stack has changed', () => {
    const { s, wish } = place();
    const at = (changedAt: string) => tokenOf(s, wish, record({}), 'update', changedAt);
    expect(at(iso(NOW))).toBe(at(iso(NOW)));
    expect(at(iso(NOW + 1))).not.toBe(at(iso(NOW)));
  });

  it.each([
    ['an update', (token: string) => token, true],
    ['the console', () => 'Console-UpdateStack-7f59c3cf-00d2-40c7-b2ff-e75db0987002', false],
    ['nobody who says so', () => '', false],
    ['a deletion, which gives no configuration', (token: string) => token.replace('update', 'delete'), false],
    ['somebody who quotes one', (token: string) => `x-${token}`, false],
  ])('tells whether bbf gave a stack its configuration: %s', (_whose, change, own) => {
    const { s, wish } = place();
    expect(isOwnToken(change(tokenOf(s, wish, record({}), 'update', iso(NOW))))).toBe(own);
  });

  it('has only characters that CloudFormation takes, and no more than 128', () => {
    const { s, wish } = place();
    const odd = { ...s, revision: 'a.b_c=', uid: 'u'.repeat(200) };
    const token = tokenOf(odd, wish, undefined, 'update');
    expect(token).toMatch(/-abc-new-u+$/);
    expect(token).toHaveLength(128);
  });
});
