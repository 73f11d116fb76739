import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { doubted } from './doubt.ts';
import {
  type Facts,
  line,
  NOW,
  observation,
  passOf,
  serviceOf,
  servicesOf,
  want,
  worker,
} from './observation.fixture.ts';
import { report } from './report.ts';

const SETTLES_MS = 30_000;
const activity = { workers: [worker('a'), worker('b')] };

/** A pool that was told to have two workers, `agoMs` before it is looked at again. */
function lookedAt(agoMs: number, services: Facts['services']) {
  const { status, lines } = passOf({ spec: want(2), server: [1, 1], pool: [1, 1], activity, now: NOW - agoMs });
  expect(lines).toContain('default 1→2');
  return observation({ spec: want(2), services, activity, status });
}

const shown = (desired: number, running = desired, server = 1) =>
  servicesOf({ server: serviceOf(server, server), default: serviceOf(desired, running) });

describe('counts that ECS shows', () => {
  it('are believed where they are what was told', () => {
    const o = lookedAt(1_000, shown(2, 1));
    expect(doubted(o)).toBe(o);
  });

  it('are not, while what was told a moment ago is not seen: nothing is decided on them, and status keeps what was told', () => {
    const o = lookedAt(SETTLES_MS - 1, shown(1));
    expect(doubted(o).services).toMatchObject({
      known: false,
      error: expect.stringMatching(/not show yet that .*default was told 2 at /),
    });
    const plan = decide(o);
    expect(plan.actions).toEqual([]);
    expect(plan.status.pools.default).toMatchObject({ desired: 2, running: 1 });
    expect(plan.lookAgainAt).not.toBeNull();
  });

  it('are told of in the same words from look to look, whatever ECS shows', () => {
    const words = (desired: number) => doubted(lookedAt(1_000, shown(desired))).services;
    expect(words(0)).toEqual(words(1));
    expect(words(0)).toMatchObject({ known: false });
  });

  it('are believed again once it is long since they were told: somebody else told others', () => {
    expect(decide(lookedAt(SETTLES_MS, shown(1))).actions.map(line)).toEqual(['default 1→2']);
  });

  it('are believed of a service that nobody told anything', () => {
    const { status } = passOf({ spec: want(1), server: [1, 1], pool: [1, 1], activity });
    const o = observation({ spec: want(1), services: shown(3), activity, status });
    expect(doubted(o)).toBe(o);
  });

  it('are believed where telling it failed', () => {
    const asked = observation({ spec: want(2), server: [1, 1], pool: [1, 1], activity, now: NOW - 1_000 });
    const plan = decide(asked);
    const status = report(
      asked,
      plan,
      plan.actions.map((action) => ({ action, outcome: 'skipped', why: 'overtaken' })),
    );
    expect(status.pools.default).toMatchObject({ desired: 1, toldAt: null });
    const o = observation({ spec: want(2), services: shown(2, 1), activity, status });
    expect(doubted(o)).toBe(o);
  });
});
