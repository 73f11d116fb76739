import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { farmLogGroupName, serverStackName } from '../../templates/names.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, statusDouble } from '../testing/status-double.ts';

const MINUTE_MS = 60_000;

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  const spec = { pools: { default: {} } };
  await world.put(clusterKey('main'), { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
});

/** The lines of one more call, and what stands in them: messages that end in a number. */
async function numbers(...args: string[]): Promise<number[]> {
  const before = world.program.stdout().length;
  await dispatch(args, world.program);
  const lines = world.program.stdout().slice(before).trim().split('\n');
  return lines.flatMap((line) => /-(\d+)$/.exec(line)?.[1] ?? []).map(Number);
}

/** One each minute. */
const happenings = {
  /** Every second version of the status tells nothing. */
  async events(minute: number): Promise<void> {
    const at = new Date(world.world.now()).toISOString();
    const ready = { ...condition('Ready', 'False', `Starting-${minute - (minute % 2)}`), lastTransitionTime: at };
    await world.put(statusKey('main'), statusDouble({ conditions: [ready], heartbeatAt: at }));
    await world.advance(MINUTE_MS);
  },
  async logs(minute: number): Promise<void> {
    const logGroupName = farmLogGroupName('bbf');
    const logStreamName = `${serverStackName('bbf', 'main')}/server/0123456789abcdef`;
    if (minute === 1) await world.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = [{ message: `line-${minute}`, timestamp: world.world.now() }];
    await world.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    await world.advance(MINUTE_MS);
  },
};

describe.each(['events', 'logs'] as const)('bbf %s', (command) => {
  const happens = happenings[command];
  beforeEach(async () => {
    for (let minute = 1; minute <= 40; minute++) await happens(minute);
  });

  it('shows the newest of what --limit says, however far back they are', async () => {
    const all = await numbers(command, '--since=2h', '--limit=1000');
    expect(all.length).toBeGreaterThan(18);
    expect(await numbers(command, '--since=2h', '--limit=7')).toEqual(all.slice(-7));
    expect(await numbers(command, '--since=2h', '--limit=18')).toEqual(all.slice(-18));
  });

  it('shows nothing that is older than --since says', async () => {
    const all = await numbers(command, '--since=2h', '--limit=1000');
    const ofTenMinutes = await numbers(command, '--since=10m30s');
    expect(ofTenMinutes.length).toBeGreaterThan(3);
    expect(ofTenMinutes).toEqual(all.filter((minute) => minute > 30));
  });

  it('keeps to both, and goes on with all that comes after', async () => {
    const { program } = world;
    const later = [42, 44, 46];
    program.sleep = async () => {
      if (later.length === 0) throw new Error('enough');
      for (const minute of later.splice(0)) await happens(minute);
    };
    await expect(numbers(command, '-f', '--since=20m', '--limit=2')).rejects.toThrow('enough');
    const shown = [...program.stdout().matchAll(/-(\d+)$/gm)].map(([, minute]) => Number(minute));
    expect(shown.slice(2)).toEqual([42, 44, 46]);
  });

  it('says with --json of each line what it is', async () => {
    world.program.sleep = async () => {
      throw new Error('enough');
    };
    await expect(dispatch([command, '-f', '--since=20m', '--limit=2', '--json'], world.program)).rejects.toThrow();
    const lines = world.program.stdout().trim().split('\n');
    const kind = { events: 'Event', logs: 'LogLine' }[command];
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ apiVersion: 'bbf/v1', kind }),
      expect.objectContaining({ apiVersion: 'bbf/v1', kind }),
    ]);
  });

  it('says where nothing is young enough', async () => {
    expect(await numbers(command, '--since=5s')).toEqual([]);
    const further = { events: 'bbf events', logs: 'bbf logs server --since=1h' }[command];
    const what = command === 'logs' ? ['server'] : [];
    expect(await numbers(command, ...what, '--since=5s')).toEqual([]);
    expect(world.program.stderr()).toContain(`since then; ${further} --cluster=main looks further back\n`);
  });

  it.each(['0', '-1', '2.5', 'many', ''])('refuses --limit=%s', async (limit) => {
    await expect(numbers(command, `--limit=${limit}`)).rejects.toMatchObject({ exitCode: exitCodes.usage });
  });
});

it.each([
  ['10m', '; bbf logs default --since=1h --cluster=main looks further back'],
  ['3d', '; bbf logs default --since=7d --cluster=main looks further back'],
  ['40d', ''],
])('bbf logs looks further back than --since=%s, as long as logs are kept', async (since, further) => {
  expect(await numbers('logs', 'default', `--since=${since}`)).toEqual([]);
  expect(world.program.stderr()).toBe(`bbf: pool default wrote nothing since then${further}\n`);
});
