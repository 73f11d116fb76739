import { afterEach, describe, expect, it } from 'vitest';
import type { Activity, Status } from '../../config-schema/documents.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Failure } from '../failure.ts';
import { condition, lease, statusDouble } from '../testing/status-double.ts';
import { watchUnmatched } from './unmatched.ts';

let stop = () => {};
afterEach(() => stop());

/** What is said, and what the build ends with, while each look finds the next report, and the last one again and again. */
function watched(reports: Partial<Activity>[], status: Status = statusDouble({ leases: [lease('mine')] })) {
  const said: string[] = [];
  let looks = 0;
  stop = watchUnmatched({
    cluster: 'main',
    pools: ['default', 'arm'],
    leaseId: 'mine',
    readActivity: async () => {
      const report = reports[Math.min(looks++, reports.length - 1)];
      return { queued: 0, running: 0, pools: {}, ...report } as Activity;
    },
    readStatus: async () => status,
    note: (text) => said.push(text),
    end: (why) => {
      stop();
      said.push(`${why.exitCode} ${(why as Failure).message}`);
    },
    everyMs: 2,
  });
  return { said, looks: () => looks };
}

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const stuck = (second: number, queued = 2, others: Partial<Activity> = {}): Partial<Activity> => ({
  reportedAt: at(second),
  queued,
  pools: { '': { queued, running: 0 } },
  ...others,
});
const pool = (wanted: number) =>
  statusDouble({
    leases: [lease('mine')],
    pools: { arm: { ...statusDouble().pools.default, wanted } } as Status['pools'],
  });
const waits = (second: number, running = 0): Partial<Activity> => ({
  reportedAt: at(second),
  queued: 1,
  running,
  pools: { arm: { queued: 1, running } },
});
const FIRST = 'no pool fits 2 actions so far: see bbf pools --cluster=main';
const NOTE = 'no pool fits 2 actions, which would wait for ever: see bbf pools --cluster=main';

describe('actions that fit no pool', () => {
  it.each([
    ['alone', [lease('mine')]],
    ['beside workers that somebody only wants for a while', [lease('want-0a1b2c3d4e5f'), lease('mine')]],
  ])('end the build once two reports show nothing else: %s', async (_, leases) => {
    const { said } = watched([stuck(1), stuck(2)], statusDouble({ leases }));
    await expect
      .poll(() => said)
      .toEqual([
        FIRST,
        expect.stringMatching(
          `^${exitCodes.configuration} 2 actions of this build .* main offers .pools: default, arm.`,
        ),
      ]);
  });

  it('are told with what the oldest of them asks for', async () => {
    const asks = { unmatched: [{ name: 'OSFamily', value: 'windows' }] };
    const { said } = watched([stuck(1, 2, asks), stuck(2, 1, asks)]);
    await expect
      .poll(() => said)
      .toEqual([
        'no pool fits 2 actions so far; the oldest asks for OSFamily=windows: see bbf pools --cluster=main',
        expect.stringMatching(/^\d+ 1 action of this build .*arm.; it asks for OSFamily=windows; the rest has ended/),
      ]);
  });

  it.each([
    ['one report is no proof', [stuck(1)]],
    ['they may be gone with the next one', [stuck(1), { reportedAt: at(2) }, stuck(3), { reportedAt: at(4) }]],
  ])('%s', async (_, reports) => {
    const { said, looks } = watched(reports);
    await expect.poll(looks).toBeGreaterThan(8);
    expect(said).toEqual([FIRST]);
  });

  it.each([
    ['something else runs', { running: 1 }, undefined],
    ['something else waits', { queued: 3 }, undefined],
    ['another build may be theirs', {}, statusDouble({ leases: [lease('mine'), lease('other')] })],
    ['Bazel may be called directly', {}, statusDouble({ leases: [lease('mine'), lease('keep-0a1b2c3d4e5f')] })],
    [
      'a pool is on its way',
      {},
      statusDouble({ leases: [lease('mine')], conditions: [condition('Ready', 'False', 'Starting')] }),
    ],
  ])('are told of once where %s', async (_, others, status) => {
    const { said, looks } = watched([stuck(1, 2, others), stuck(2, 2, others), stuck(3, 2, others)], status);
    await expect.poll(looks).toBeGreaterThan(8);
    expect(said).toEqual([FIRST, NOTE]);
  });
});

describe('actions of a pool that wants no worker', () => {
  it('are told of once, after four reports', async () => {
    const { said, looks } = watched(
      [1, 2, 3, 4, 5, 6].map((second) => waits(second)),
      pool(0),
    );
    await expect.poll(looks).toBeGreaterThan(10);
    expect(said).toEqual([
      '1 action of pool arm waits, and it wants no worker: bbf want --workers=1 --pool=arm --cluster=main',
    ]);
  });

  it.each([
    ['three reports are no proof', [waits(1), waits(2), waits(3)], pool(0)],
    ['one of them runs', [1, 2, 3, 4].map((second) => waits(second, 1)), pool(0)],
    ['the pool is about to grow', [1, 2, 3, 4].map((second) => waits(second)), pool(1)],
    [
      'it begins anew when they are gone',
      [waits(1), waits(2), waits(3), { reportedAt: at(4) }, waits(5), waits(6), waits(7)],
      pool(0),
    ],
  ])('are not: %s', async (_, reports, status) => {
    const { said, looks } = watched(reports, status);
    await expect.poll(looks).toBeGreaterThan(10);
    expect(said).toEqual([]);
  });
});
