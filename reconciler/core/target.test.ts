import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { decide } from './decide.ts';
import {
  but,
  type Facts,
  noStack,
  observation,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  stack,
  want,
} from './observation.fixture.ts';
import { report } from './report.ts';

/** Of Ready, Reconciling and Stalled, in this order. */
const targets = ({ conditions }: Status) => conditions.slice(0, 3).map(({ target }) => target);
const failed: Partial<ReturnType<typeof serviceOf>> = { rollout: 'FAILED', rolloutReason: 'tasks failed to start' };
const running: Facts = { spec: want(2), server: [1, 1], pool: [2, 2], activity: {} };

describe('which stack or service a condition is of', () => {
  const rows: [string, Facts, (string | undefined)[]][] = [
    ['none, where all is well', { spec: want(0), server: [0, 0], pool: [0, 0] }, [undefined, undefined, undefined]],
    ['none, where workers are missing', { ...running, pool: [2, 1] }, [undefined, undefined, undefined]],
    ['that of an action', { ...running, pool: [1, 1] }, [POOL, POOL, undefined]],
    [
      'the first of two that are made',
      { spec: want(2), stacks: { [SERVER]: noStack, [POOL]: noStack } },
      [SERVER, SERVER, undefined],
    ],
    [
      'the one that is waited for',
      { ...running, ...but(want(2), { [POOL]: stack('UPDATE_ROLLBACK_IN_PROGRESS') }) },
      [POOL, POOL, undefined],
    ],
    [
      'the one that is stuck',
      { ...running, ...but(want(2), { [POOL]: stack('IMPORT_ROLLBACK_FAILED') }) },
      [POOL, POOL, POOL],
    ],
    [
      'the one whose tasks fail to start',
      { ...running, services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 0, failed) }) },
      [POOL, POOL, POOL],
    ],
    [
      'none, where leases are waited for, whatever their holders are called',
      { ...running, spec: want(2, { delete: { uid: 'u1' } }), leases: [2] },
      [undefined, undefined, undefined],
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(targets(passOf(facts).status)).toEqual(expected));

  it.each([
    ['needs a person', 'stalled', [POOL, POOL, POOL]],
    ['may go by itself', 'waiting', [POOL, POOL, undefined]],
  ] as const)('that of an action that was refused, and %s', (_rule, kind, expected) => {
    const o = observation({ ...running, pool: [1, 1] });
    const plan = decide(o);
    const refused = plan.actions.filter(({ type }) => type === 'SetDesiredCount');
    const results = refused.map((action) => ({ action, outcome: 'failed' as const, kind, error: 'AccessDenied' }));
    expect(targets(report(o, plan, results))).toEqual(expected);
  });
});
