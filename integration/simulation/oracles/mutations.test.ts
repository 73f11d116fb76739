import { describe, expect, it } from 'vitest';
import type { Fresh } from '../history.ts';
import {
  AT,
  call,
  calmSight,
  history,
  mutation,
  POOL,
  SPEC,
  service,
  specText,
  stack,
  version,
} from './history.fixture.ts';
import {
  absenceDeletesNothing,
  boundedDestruction,
  countsHaveOneOwner,
  documentsHaveOneWriter,
  errorsAreNotAbsence,
  monotonicPlan,
  nothingIsMadeOfTombstones,
  oneOperation,
  ownStacksOnly,
  suspendedDoesNothing,
  wantsAreCapped,
} from './mutations.ts';
import type { Check, Sight } from './sight.ts';

const deletion = (more = {}) => mutation({ kind: 'stack.delete', stackStatus: 'CREATE_COMPLETE', ...more });
const second = version({ revision: 'r2', at: AT - 30, text: specText({ ...SPEC, suspend: true }) });
const read = (more = {}) => call({ point: 'stacks.read', target: POOL, at: AT - 5, ...more });

interface Row {
  oracle: { judge: Check };
  bad: Partial<Fresh>;
  good: Partial<Fresh>;
  says: string;
  where?: Partial<Sight>;
}

const rows: Record<string, Row> = {
  'an action for a revision that a listing showed to be old': {
    oracle: monotonicPlan,
    bad: { documents: [version(), second], calls: [call()], mutations: [mutation()] },
    good: { documents: [version(), second], calls: [call({ at: AT - 40 })], mutations: [mutation()] },
    says: 'showed a newer one',
  },
  'an action for an older revision than the one before': {
    oracle: monotonicPlan,
    bad: { documents: [version(), second], mutations: [mutation({ revisionSeen: 'r2' }), mutation({ invocation: 2 })] },
    good: { documents: [version(), second], mutations: [mutation(), mutation({ revisionSeen: 'r2', invocation: 2 })] },
    says: 'after an action for version 2',
  },
  'a stack that is made for a tombstone': {
    oracle: nothingIsMadeOfTombstones,
    bad: {
      documents: [version({ text: specText({ ...SPEC, delete: { uid: 'u1' } }) })],
      mutations: [mutation({ kind: 'stack.create' })],
    },
    good: {
      documents: [version({ text: specText({ ...SPEC, delete: { uid: 'u0' } }) })],
      mutations: [mutation({ kind: 'stack.create' })],
    },
    says: 'is a tombstone',
  },
  'cluster.json written by the reconciler': {
    oracle: documentsHaveOneWriter,
    bad: { mutations: [mutation({ kind: 'document.write', target: 'clusters/main/cluster.json' })] },
    good: { mutations: [mutation({ kind: 'document.write', target: 'clusters/main/status.json' })] },
    says: 'cluster.json',
  },
  'a stack that serves deleted because the document is missing': {
    oracle: absenceDeletesNothing,
    bad: { documents: [version({ text: null, valid: false })], mutations: [deletion()] },
    good: { documents: [version({ text: specText({ delete: { uid: 'u1' } }) })], mutations: [deletion()] },
    says: 'no valid spec is known',
  },
  'a stack that serves deleted although the spec wants it': {
    oracle: absenceDeletesNothing,
    bad: { mutations: [deletion()] },
    good: { mutations: [deletion({ stackStatus: 'ROLLBACK_COMPLETE' })] },
    says: 'although the spec wants it',
  },
  'a stack that serves deleted for the tombstone of another cluster': {
    oracle: absenceDeletesNothing,
    bad: { documents: [version({ text: specText({ delete: { uid: 'u0' } }, 'u0') })], mutations: [deletion()] },
    good: { documents: [version({ text: specText({ delete: { uid: 'u1' } }) })], mutations: [deletion()] },
    says: 'although the spec wants it',
    where: { stacks: [stack()] },
  },
  'a stack of another incarnation': {
    oracle: ownStacksOnly,
    bad: { mutations: [deletion()] },
    good: { documents: [version({ text: specText(SPEC, 'u0') })], mutations: [deletion()] },
    says: 'belongs to uid u0',
    where: { stacks: [stack({ uid: 'u0' })] },
  },
  'what is no part of a cluster': {
    oracle: ownStacksOnly,
    bad: { mutations: [deletion({ target: 'bbf--foundation' })] },
    good: { mutations: [deletion()] },
    says: 'no part of a cluster',
  },
  'an operation on a busy stack': {
    oracle: oneOperation,
    bad: { mutations: [mutation({ kind: 'stack.update', stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' })] },
    good: { mutations: [mutation({ kind: 'stack.cancel', stackStatus: 'UPDATE_IN_PROGRESS' })] },
    says: 'UPDATE_ROLLBACK_IN_PROGRESS',
  },
  'a stack deleted again and again': {
    oracle: boundedDestruction,
    bad: { mutations: [1, 2, 3, 4].map((invocation) => deletion({ invocation })) },
    good: { mutations: [1, 2, 3].map((invocation) => deletion({ invocation })) },
    says: 'deleted 4 times',
  },
  'a refused read taken for absence': {
    oracle: errorsAreNotAbsence,
    bad: {
      calls: [read({ outcome: 'failed', error: 'AccessDenied' })],
      mutations: [mutation({ kind: 'stack.create' })],
    },
    good: { calls: [read({ answer: 'absent' })], mutations: [mutation({ kind: 'stack.create' })] },
    says: 'AccessDenied',
  },
  'a stack made that was read as one that stands': {
    oracle: errorsAreNotAbsence,
    bad: {
      calls: [read({ answer: 'absent' }), read({ answer: 'CREATE_COMPLETE' })],
      mutations: [mutation({ kind: 'stack.create' })],
    },
    good: { calls: [read({ answer: 'DELETE_COMPLETE' })], mutations: [mutation({ kind: 'stack.create' })] },
    says: 'it was read as CREATE_COMPLETE',
  },
  'a stack made that nobody had read': {
    oracle: errorsAreNotAbsence,
    bad: { mutations: [mutation({ kind: 'stack.create' })] },
    good: { calls: [read({ answer: 'absent' })], mutations: [mutation({ kind: 'stack.create' })] },
    says: 'had not read it',
  },
  'a suspended cluster changed': {
    oracle: suspendedDoesNothing,
    bad: { documents: [version(), second], mutations: [mutation({ revisionSeen: 'r2' })] },
    good: { documents: [version(), second], mutations: [mutation()] },
    says: 'suspended',
  },
  'more than workersMax': {
    oracle: wantsAreCapped,
    bad: { mutations: [mutation({ after: 5 })] },
    good: { mutations: [mutation({ after: 4 })] },
    says: 'more than 4',
  },
  'a count that only the stack has set': {
    oracle: countsHaveOneOwner,
    bad: { mutations: [mutation({ before: 0, after: 3 })] },
    good: { mutations: [mutation({ before: 0, after: 2 })] },
    says: 'nobody but its stack',
    where: { services: [service()] },
  },
};

describe('the oracles of mutations find', () => {
  it.each(Object.entries(rows))('%s', (_, { oracle, bad, good, says, where }) => {
    expect(oracle.judge(calmSight(where), history(good))).toEqual([]);
    expect(oracle.judge(calmSight(where), history(bad)).join()).toContain(says);
  });

  it('nothing where a stack undoes what somebody set by hand, and what was made of it', () => {
    const where = { services: [service()] };
    const byHand = mutation({ actor: 'person', before: 0, after: 4 });
    const mended = mutation({ before: 4, after: 3 });
    expect(countsHaveOneOwner.judge(calmSight(where), history({ mutations: [byHand] }))).toEqual([]);
    expect(countsHaveOneOwner.judge(calmSight(where), history({ mutations: [byHand, mended] }))).toEqual([]);
    expect(countsHaveOneOwner.judge(calmSight(where), history({ mutations: [mended] }))).toHaveLength(1);
  });

  it('nothing in what the network delivered late', () => {
    const late = call({ point: 'stacks.remove', target: `arn:stack/${POOL}/1`, fault: 'late', at: AT - 5_000 });
    expect(absenceDeletesNothing.judge(calmSight(), history({ calls: [late], mutations: [deletion()] }))).toEqual([]);
  });
});
