import { describe, expect, it } from 'vitest';
import {
  type Facts,
  goodHash,
  goodStacks,
  minutes,
  NOW,
  noStack,
  POOL,
  passOf,
  specOf,
  stack,
  want,
  worker,
} from './observation.fixture.ts';

const x86 = { pools: { default: { workers: 1, platform: { gpu: 'old' } } } };
const arm = { pools: { default: { workers: 1, platform: { gpu: 'new' }, architecture: 'arm64' } } };
const OLD = { platform: { gpu: 'old' }, architecture: 'x86_64' };
const NEW = { platform: { gpu: 'new' }, architecture: 'arm64' };
const running: Facts = { server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
const stacks = (spec: object) => goodStacks(specOf(spec));
/** To what the document says. */
const updating = stack('UPDATE_IN_PROGRESS', { hash: goodHash(arm, POOL) });
const ran = passOf({ ...running, spec: x86, stacks: stacks(x86), now: NOW - minutes(1) }).status;
const offered = (facts: Facts) => {
  const { platform, architecture } = passOf({ ...running, spec: arm, stacks: stacks(x86), status: ran, ...facts })
    .status.pools.default!;
  return { platform, architecture };
};

describe('status says of a pool what its workers offer', () => {
  it('which is what the document says', () => {
    expect(offered({ stacks: stacks(arm) })).toEqual(NEW);
    expect(offered({ stacks: stacks(arm), status: null })).toEqual(NEW);
  });

  it.each<[string, Facts]>([
    ['a build has them', { leases: [1] }],
    ['its stack can not be read', { stacks: { ...stacks(x86), [POOL]: { known: false, error: 'SlowDown' } } }],
  ])('and what it said before an edit while %s', (_, facts) => expect(offered(facts)).toEqual(OLD));

  it('for as long as that lasts', () => {
    const edited = passOf({ ...running, spec: arm, stacks: stacks(x86), status: ran, leases: [1] }).status;
    expect(offered({ status: edited, leases: [1] })).toEqual(OLD);
    expect(offered({ status: edited, pool: [0, 0], activity: { workers: [] } })).toEqual(NEW);
  });

  it.each<[string, Facts]>([
    ['has none', { pool: [0, 0], activity: { workers: [] } }],
    ['gets new ones', { stacks: { ...stacks(x86), [POOL]: updating }, leases: [1] }],
    ['is made anew', { stacks: { ...stacks(x86), [POOL]: noStack }, pool: undefined, activity: { workers: [] } }],
  ])('but not of one that %s', (_, facts) => expect(offered(facts)).toEqual(NEW));

  it('nor of a pool that was not in the document before', () => {
    expect(passOf({ spec: want(1), status: null }).status.pools.default?.architecture).toBe('x86_64');
  });
});
