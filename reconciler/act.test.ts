import { describe, expect, it } from 'vitest';
import { clusterKey, clusterPrefix, leaseKey, statusKey } from '../config-schema/keys.ts';
import { act } from './act.ts';
import type { Action } from './core/plan.ts';
import { memoryBucket } from './documents.fixture.ts';
import { lockOf } from './lock.ts';
import { emptyAccount } from './ports.fixture.ts';

const SERVICE = 'bbf--main--pool--default';
const why = { reason: 'StackAbsent', evidence: {} } as const;
const count = (from: number, to: number): Action => ({ type: 'SetDesiredCount', service: SERVICE, from, to, ...why });
const shape = { template: '{}', parameters: {}, tags: {}, hash: 'h' };
const create: Action = { type: 'CreateStack', stack: SERVICE, shape, token: 't', ...why };
const remove: Action = { type: 'DeleteStack', stack: SERVICE, stackId: 'id', token: 't', ...why };

/** A cluster with a document and one lease, of which a pass has just read the listing; it counted the lease unless that had ended. */
async function observed(leases = ['l1']) {
  const time = { now: Date.parse('2026-11-23T09:00:00Z') };
  const bucket = memoryBucket(() => time.now);
  bucket.put(clusterKey('main'), 'one');
  bucket.put(leaseKey('main', 'l1'), 'lease');
  const counts: number[] = [];
  const made: string[] = [];
  const account = emptyAccount(bucket, time.now);
  const ports = {
    ...account,
    services: { ...account.services, setDesiredCount: async (_: string, n: number) => void counts.push(n) },
    stacks: {
      ...account.stacks,
      create: async (stack: string) => void made.push(stack),
      remove: async (id: string) => void made.push(`not ${id}`),
    },
  };
  const lock = lockOf(ports, 'main', 'a', 120_000);
  await lock.hold();
  const ground = { entries: await bucket.list(clusterPrefix('main')), leases };
  const outcomes = async (...actions: Action[]) =>
    (await act(ports, 'main', actions, lock, ground)).map((result) =>
      result.outcome === 'skipped' ? result.why : result.outcome,
    );
  return { time, bucket, counts, made, outcomes, lock };
}

describe('what a pass does on the ground of what it read', () => {
  it('is done while nothing has changed', async () => {
    const { outcomes, counts, made } = await observed();
    expect(await outcomes(count(0, 2), count(2, 1), create, remove)).toEqual(['done', 'done', 'done', 'done']);
    expect({ counts, made }).toEqual({ counts: [2, 1], made: [SERVICE, 'not id'] });
  });

  const late: Action[] = [count(2, 1), create, remove];
  it.each(late)('is left when the document changed: $type', async (action) => {
    const { bucket, outcomes, counts, made } = await observed();
    bucket.put(clusterKey('main'), 'two');
    expect(await outcomes(action)).toEqual(['cluster.json changed since it was read']);
    expect([...counts, ...made]).toEqual([]);
  });

  it.each([
    ['was taken', 'l2', 'lease', ['l1']],
    ['was renewed that had ended, which changes nothing but its time', 'l1', 'lease', []],
    ['claims something else', 'l1', 'more', ['l1']],
  ])('is left when a lease %s, unless it makes a stack', async (_what, id, text, leases) => {
    const { time, bucket, outcomes, counts, made } = await observed(leases);
    time.now += 1_000;
    bucket.put(leaseKey('main', id), text);
    const left = 'a lease was taken or renewed since it was read';
    expect(await outcomes(create, count(2, 1), remove)).toEqual(['done', left, left]);
    expect({ counts, made }).toEqual({ counts: [], made: [SERVICE] });
  });

  it('goes on when a lease that counted was renewed: of many that wait, one always is', async () => {
    const { time, bucket, outcomes } = await observed();
    time.now += 1_000;
    bucket.put(leaseKey('main', 'l1'), 'lease');
    expect(await outcomes(count(2, 1), remove)).toEqual(['done', 'done']);
  });

  it('goes on when a lease ended', async () => {
    const { bucket, outcomes } = await observed();
    bucket.delete(leaseKey('main', 'l1'));
    expect(await outcomes(count(2, 1))).toEqual(['done']);
  });

  it('is left when another pass wrote status, on which builds rely', async () => {
    const { bucket, outcomes } = await observed();
    bucket.put(statusKey('main'), '{}');
    expect(await outcomes(count(2, 1))).toEqual(['another pass wrote status since it was read']);
  });

  it('stops at the first thing that has changed', async () => {
    const { bucket, outcomes, counts } = await observed();
    bucket.put(clusterKey('main'), 'two');
    expect(new Set(await outcomes(create, count(1, 2)))).toEqual(new Set(['cluster.json changed since it was read']));
    expect(counts).toEqual([]);
  });

  it('is nothing without the lock', async () => {
    const { lock, outcomes, counts } = await observed();
    await lock.release();
    expect(await outcomes(count(1, 2))).toEqual(['this pass does not hold the lock']);
    expect(counts).toEqual([]);
  });
});
