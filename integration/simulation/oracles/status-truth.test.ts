import { describe, expect, it } from 'vitest';
import type { PoolStatus } from '../../../config-schema/documents.ts';
import {
  AT,
  call,
  calmSight,
  condition,
  goodStatus,
  history,
  SERVER,
  service,
  sight,
  stack,
  version,
  written,
} from './history.fixture.ts';
import { acceptedIsValid, readyIsTrue, wishesAreTheSpecs } from './status-truth.ts';

const budget = (asked: number, askedBySpec: number) => ({ by: 'budget' as const, asked, askedBySpec });
const ready = () => history({ calls: [call({ at: AT - 50 })], statuses: [written(goodStatus())] });

describe('Ready', () => {
  it('is believed over two workers and a server', () => {
    expect(readyIsTrue.judge(calmSight(), ready())).toEqual([]);
  });

  it('is not over one worker', () => {
    const short = calmSight({ services: [service({ name: SERVER, desired: 1, running: 1 }), service({ running: 1 })] });
    expect(readyIsTrue.judge(short, ready()).join()).toContain('Ready with 2 wanted');
  });

  it('is not over a stack that was rolled back', () => {
    const failed = calmSight({ stacks: [stack({ name: SERVER }), stack({ status: 'ROLLBACK_COMPLETE' })] });
    expect(readyIsTrue.judge(failed, ready()).join()).toContain('no stack that serves');
  });

  it('is not said of a sleeping cluster that still runs', () => {
    const asleep = goodStatus((s) => void Object.assign(condition(s, 'Ready'), { reason: 'Asleep' }));
    const said = history({ calls: [call({ at: AT - 50 })], statuses: [written(asleep)] });
    expect(readyIsTrue.judge(calmSight(), said).join()).toContain('asleep and Ready');
  });

  it('is excused where a read of its pass lied', () => {
    const lied = history({ calls: [call({ at: AT - 50, fault: 'stale' })], statuses: [written(goodStatus())] });
    expect(readyIsTrue.judge(sight(), lied)).toEqual([]);
  });

  it('asks for what the spec asks', () => {
    const less = goodStatus((s) => void Object.assign(s.pools.default ?? {}, { wanted: 1 }));
    expect(wishesAreTheSpecs.judge(sight(), history({ statuses: [written(less)] })).join()).toContain('wants 1 of 2');
    expect(wishesAreTheSpecs.judge(sight(), history({ statuses: [written(goodStatus())] }))).toEqual([]);
  });

  it.each<[string, PoolStatus['limit'], number]>([
    ['excuses what it holds back', budget(2, 2), 0],
    ['excuses it where a lease asks for more', budget(9, 2), 0],
    ['does not, where it is said to hold back less', budget(2, 1), 1],
    ['does not, where no number says so', undefined, 1],
    ['does not, where another limit is named', { by: 'workersMax', asked: 2, askedBySpec: 2 }, 1],
  ])('the budget %s', (_rule, limit, problems) => {
    const less = goodStatus((s) => void Object.assign(s.pools.default ?? {}, { wanted: 1, because: 'budget', limit }));
    expect(wishesAreTheSpecs.judge(sight(), history({ statuses: [written(less)] }))).toHaveLength(problems);
  });
});

describe('Accepted', () => {
  const invalid = version({ revision: 'r2', at: 1, text: '{', valid: false });
  it('is never said of what is not valid', () => {
    const status = goodStatus((s) => {
      s.acceptedRevision = 'r2';
      condition(s, 'Accepted').observedRevision = 'r2';
    });
    const said = history({ documents: [version(), invalid], statuses: [written(status)] });
    expect(acceptedIsValid.judge(sight(), said)).toHaveLength(2);
    expect(
      acceptedIsValid.judge(sight(), history({ documents: [version(), invalid], statuses: [written(goodStatus())] })),
    ).toEqual([]);
  });

  it('is not one of a later bbf', () => {
    const newer = version({ text: version().text?.replace('bbf/v1', 'bbf/v2') ?? '' });
    const said = history({ documents: [newer], statuses: [written(goodStatus())] });
    expect(acceptedIsValid.judge(sight(), said).join()).toContain('in a form of a later bbf');
  });
});
