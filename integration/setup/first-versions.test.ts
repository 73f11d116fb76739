/** A bucket whose versioning is new: S3 may answer without what was just written to it (user guide, "Enabling versioning on buckets"). */
import { DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { WireRequest, WireResponse } from '../../local/cloud/kernel.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { BUCKET, STACK, setup } from './person.ts';

const MINUTE_MS = 60_000;
const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const isLook = ({ method, path }: WireRequest) => method === 'HEAD' && path.startsWith(`/${BUCKET}/bundles/`);
const missing: WireResponse = { status: 404, headers: {}, body: Buffer.alloc(0) };

/** From now on, for so long. */
function answerLooks(milliseconds: number, answer: (found: WireResponse) => WireResponse) {
  const { handle } = world.cloud;
  const until = world.world.now() + milliseconds;
  world.cloud.handle = async (request) => {
    const found = await handle(request);
    return isLook(request) && world.world.now() < until ? answer(found) : found;
  };
}

const withoutVersion = ({ headers: { 'x-amz-version-id': _, ...headers }, ...found }: WireResponse) => ({
  ...found,
  headers,
});

async function startOfReconciler(): Promise<number> {
  const { StackEvents = [] } = await world.cfn.send(new DescribeStackEventsCommand({ StackName: STACK }));
  return StackEvents.find(({ LogicalResourceId }) => LogicalResourceId === 'Reconciler')?.Timestamp?.getTime() ?? 0;
}

describe('a bundle in a bucket that is new', () => {
  it.each([
    ['is not there yet', () => missing],
    ['is no version yet', withoutVersion],
  ])('is waited for where it %s, before anything is made of it', async (_, answer) => {
    const begin = world.world.now();
    answerLooks(4 * MINUTE_MS, answer);
    const { code, notes } = await setup(world);
    expect(code, notes).toBe(0);
    expect(notes).toContain('waits: S3 does not answer with bundles/');
    expect((await startOfReconciler()) - begin).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  });

  it('is given up after what S3 says to be the longest, and the same again goes on from there', async () => {
    answerLooks(20 * MINUTE_MS, () => missing);
    const { code, notes } = await setup(world);
    expect(code).toBe(exitCodes.unavailable);
    expect(notes).toContain('after 15 minutes');
    const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({ StackName: STACK }));
    expect(Stacks[0]?.StackStatus).toBe('REVIEW_IN_PROGRESS');
    await world.advance(5 * MINUTE_MS);
    expect((await setup(world)).code).toBe(0);
  });

  it('is asked for again where S3 answered once, as parts of it know earlier than others', async () => {
    let looks = 0;
    const { handle } = world.cloud;
    world.cloud.handle = async (request) => (isLook(request) && ++looks === 2 ? missing : handle(request));
    expect((await setup(world)).code).toBe(0);
    expect(looks).toBeGreaterThan(3);
    looks = 2;
    expect((await setup(world)).code).toBe(0);
    expect(looks, 'one look, where versions are not new').toBe(3);
  });
});
