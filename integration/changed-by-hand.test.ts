import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { statusKey } from '../config-schema/keys.ts';
import { findStack } from '../local/cloud/cloudformation/state.ts';
import { startWorld } from './world.ts';

const STACK = 'bbf--main--pool--default';
const RECHECK_MS = 11 * 60_000;

async function converged() {
  const world = await startWorld();
  const stack = () => {
    const found = findStack(world.cloud.services.cloudformation.state, STACK);
    if (!found) throw new Error(`${STACK} is not there`);
    return found;
  };
  const looks = async (times: number) => {
    const calls: string[] = [];
    for (let look = 0; look < times; look++) {
      calls.push(...(await world.invoke()));
      await world.advance(60_000);
      await world.report(0);
    }
    return calls;
  };
  const updateByHand = async (how: object) => {
    const Parameters = Object.keys(stack().blueprint.parameters).map((ParameterKey) => ({
      ParameterKey,
      UsePreviousValue: true,
    }));
    await world.cfn.send(new UpdateStackCommand({ StackName: STACK, UsePreviousTemplate: true, Parameters, ...how }));
    await world.advance(60_000);
  };
  const slots = (value: string) => {
    const rest = Object.keys(stack().blueprint.parameters).filter((key) => key !== 'Slots');
    const kept = rest.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true }));
    return updateByHand({ Parameters: [...kept, { ParameterKey: 'Slots', ParameterValue: value }] });
  };
  await world.writeCluster({ pools: { default: { workers: 0 } } });
  await looks(5);
  return { ...world, looks, stack, slots, updateByHand };
}

describe('a stack that somebody updates by hand', () => {
  it('is what the spec asks again after the next look at it, whatever its tags say; once', async () => {
    const world = await converged();
    const before = world.stack().blueprint;
    await world.slots('7');
    expect(world.stack().blueprint.tags).toEqual(before.tags);
    await world.advance(RECHECK_MS);
    const calls = await world.looks(5);
    expect(world.stack().blueprint.parameters).toEqual(before.parameters);
    expect(calls.filter((call) => call === 'UpdateStack')).toHaveLength(1);
    await world.invoke();
    expect(await world.invoke()).toEqual(['ListObjectsV2', 'DescribeServices']);
    await world.stop();
  });

  it('gets its tags back', async () => {
    const world = await converged();
    const before = world.stack().blueprint;
    const Tags = Object.entries({ ...before.tags, owner: 'somebody' }).map(([Key, Value]) => ({ Key, Value }));
    await world.updateByHand({ Tags });
    await world.advance(RECHECK_MS);
    await world.looks(5);
    expect(world.stack().blueprint.tags.owner).toBe(undefined);
    await world.stop();
  });

  it('and back again, is asked for once, and no more, though CloudFormation had nothing to do', async () => {
    const world = await converged();
    const { Slots = '' } = world.stack().blueprint.parameters;
    await world.slots('7');
    await world.slots(Slots);
    await world.advance(RECHECK_MS);
    const calls = [...(await world.looks(5)), ...(await world.looks(12))];
    expect(calls.filter((call) => call === 'UpdateStack')).toHaveLength(1);
    expect((await world.status()).conditions[0]).toMatchObject({ type: 'Ready', status: 'True' });
    await world.stop();
  });
});

describe('a stack whose last change no status knows', () => {
  it('is not updated where the events say that it was bbf', async () => {
    const world = await converged();
    const { updatedAt } = world.stack();
    const { etag } = (await world.ports.documents.read(statusKey('main'))) ?? { etag: '' };
    await world.ports.documents.remove(statusKey('main'), etag);
    const calls = await world.looks(5);
    expect(calls).toContain('DescribeStackEvents');
    expect(calls).not.toContain('UpdateStack');
    expect(world.stack().updatedAt).toBe(updatedAt);
    await world.stop();
  });

  it('is taken for what its tags say where no event is kept any more', async () => {
    const world = await converged();
    world.stack().events.length = 0;
    expect(await world.ports.stacks.read(STACK)).toMatchObject({ lastChange: { byHand: false } });
    await world.stop();
  });

  it('costs five pages of events at most, however long its history is', async () => {
    const world = await converged();
    const { events } = world.stack();
    const other = { ...events[0], logicalId: 'Service', physicalId: 'x' } as (typeof events)[number];
    events.splice(0, events.length, ...Array.from({ length: 10_000 }, (_, i) => ({ ...other, id: `e${i}` })));
    const before = world.requests.length;
    expect(await world.ports.stacks.read(STACK)).toMatchObject({ lastChange: { byHand: false } });
    // And one that reads the stack.
    expect(world.requests.length - before).toBe(6);
    await world.stop();
  });

  it.each([
    ['not yet', (status: string) => status.startsWith('CREATE')],
    ['not to its end', (status: string) => !status.startsWith('UPDATE_COMPLETE')],
  ])('is asked for again where CloudFormation’s events tell of it %s', async (_when, isShown) => {
    const world = await converged();
    const { lastChange: own } = (await world.ports.stacks.read(STACK)) as { lastChange: { at: string } };
    await world.slots('7');
    const { events } = world.stack();
    const all = [...events];
    const first = all.findIndex(({ at }) => at > Date.parse(own.at));
    events.splice(0, events.length, ...all.filter(({ status }, i) => i < first || isShown(status)));
    expect(await world.ports.stacks.read(STACK, own.at)).toMatchObject({ lastChange: null });
    events.splice(0, events.length, ...all);
    expect(await world.ports.stacks.read(STACK, own.at)).toMatchObject({ lastChange: { byHand: true } });
    await world.stop();
  });

  it('is found by hand however many events are newer', async () => {
    const world = await converged();
    await world.slots('7');
    const { events } = world.stack();
    const later = Array.from({ length: 300 }, (_, i) => ({
      ...events.at(-1),
      id: `later-${i}`,
      status: 'UPDATE_ROLLBACK_COMPLETE',
    }));
    events.push(...(later as typeof events));
    expect(await world.ports.stacks.read(STACK)).toMatchObject({ lastChange: { byHand: true } });
    await world.stop();
  });
});
