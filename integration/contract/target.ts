/** What the cases of the contract are put to: clients of the AWS SDK, and a way to wait. */
import { TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { type SdkClients, startCloud } from './harness.ts';

/** What a pattern can look at. */
export interface TestedEvent {
  source: string;
  'detail-type': string;
  resources: string[];
  detail: object;
}

export interface Target extends SdkClients {
  /** The target's clock, in milliseconds since the epoch. */
  now(): number;
  /** Reads until `done` accepts what was read, or as long as the target's patience lasts; gives the last value either way. */
  settled<T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T>;
  /** Whether a rule with that pattern takes the event. */
  matches(pattern: object, event: TestedEvent): Promise<boolean | undefined>;
}

/** Far above what any operation of the local cloud takes, in virtual time. */
const PATIENCE_MS = 60_000;
const STEP_MS = 500;

/** An empty local cloud, in this process and in virtual time. */
export async function localTarget(): Promise<Target> {
  // Its functions do what the cases' code says: give back the event.
  const cloud = await startCloud({ functions: { f: (event) => event } });
  return {
    ...cloud,
    now: cloud.world.now,
    async matches(pattern, event) {
      const envelope = {
        id: '1',
        account: cloud.world.account,
        region: cloud.world.region,
        time: '2026-01-02T03:04:05Z',
      };
      const asked = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify({ ...envelope, ...event }) };
      return (await cloud.events.send(new TestEventPatternCommand(asked))).Result;
    },
    async settled(read, done) {
      const end = cloud.world.now() + PATIENCE_MS;
      for (;;) {
        const value = await read();
        if (done(value) || cloud.world.now() >= end) return value;
        await cloud.advance(STEP_MS);
      }
    },
  };
}
