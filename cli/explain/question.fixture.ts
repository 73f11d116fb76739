/** Explanations for tests, of the statuses that real decisions over few facts lead to. */

import { expect } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { decide } from '../../reconciler/core/decide.ts';
import {
  type Facts,
  minutes,
  NOW,
  observation,
  POOL,
  passOf,
  SERVER,
} from '../../reconciler/core/observation.fixture.ts';
import type { Action, ActionResult } from '../../reconciler/core/plan.ts';
import { report } from '../../reconciler/core/report.ts';
import { createColors } from '../output/colors.ts';
import { type Explanation, explain, type Question } from './explain.ts';
import { explanationText } from './explanation-text.ts';

const colors = createColors(false);
export const textOf = (explanation: Explanation) => explanationText(explanation, 200, colors).replaceAll('\n', ' ');

export function ask(status: Status | null, more: Partial<Question> = {}): Explanation {
  const document = { revision: 'r1', modifiedAt: NOW - minutes(60), tombstone: null };
  return explain({
    now: NOW + 1_000,
    installation: 'bbf',
    cluster: 'main',
    status,
    earlier: [],
    document,
    activity: null,
    leases: [],
    lock: null,
    ...more,
  });
}

/** What the status of a pass over these facts explains. */
export const of = (facts: Facts, more: Partial<Question> = {}) => ask(passOf(facts).status, more);
export const wishes = (explanation: Explanation) =>
  explanation.findings.map(({ wish, reason }) => `${wish}: ${reason}`);

export const want = (workers: number, more: object = {}) => ({ pools: { default: { workers, ...more } } });
export const service = (desired: number, running: number, more: object = {}) => ({
  state: 'ACTIVE',
  desired,
  running,
  pending: desired - running,
  rollout: 'COMPLETED',
  rolloutReason: null,
  deployedAt: null,
  troubles: [],
  ...more,
});
export const services = (pool: object, server: object = service(1, 1)): Facts['services'] => ({
  known: true,
  value: { [SERVER]: server as never, [POOL]: pool as never },
});
export const noCapacity = `(service ${POOL}) was unable to place a task. Reason: Capacity is unavailable at this time.`;
export const busy = { running: 2, idleSince: null, pools: { default: { queued: 0, running: 2 } } };

/** The status of a pass that follows one over `first` half an hour later. */
export function later(first: Facts, then: Facts, gap = 30): Status {
  const status = passOf({ ...first, now: NOW - minutes(gap) }).status;
  return passOf({ ...then, status }).status;
}

export const asleepStatus = () =>
  later(
    { spec: want(2), server: [1, 1], pool: [0, 0], activity: {} },
    { spec: want(2), server: [1, 1], pool: [0, 0], activity: { idleSince: new Date(NOW - minutes(90)).toISOString() } },
  );

/** The status of a pass whose actions all come to the same. */
function reported(facts: Facts, result: (action: Action) => ActionResult): Status {
  const o = observation(facts);
  const plan = decide(o);
  return report(o, plan, plan.actions.map(result));
}

export const refused = (kind: 'stalled' | 'waiting', facts: Facts): Status =>
  reported(facts, (action) => ({ action, outcome: 'failed', kind, error: 'AccessDenied: no right' }));

export const putOff = (facts: Facts, why: string): Status =>
  reported(facts, (action) => ({ action, outcome: 'skipped', why }));

/** A situation, and what is to be said of it. */
export type Row = [situation: string, explanation: () => Explanation, state: string, wishes: string[], text: RegExp];

/** For `it.each`: state and reasons, the words, and that it is whole. */
export function check([, explanation, state, expected, text]: Row): void {
  const got = explanation();
  expect({ state: got.state, wishes: wishes(got) }).toEqual({ state, wishes: expected });
  expect(textOf(got)).toMatch(text);
  expect(JSON.parse(JSON.stringify(got))).toMatchObject({
    apiVersion: 'bbf/v1',
    kind: 'Explanation',
    cluster: 'main',
    pool: null,
  });
  for (const { meaning, text: words } of got.findings) expect([meaning, words]).not.toContain('');
  expect(new Set(got.findings.map(({ wish }) => wish)).size).toBe(got.findings.length);
}
