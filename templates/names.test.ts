import { describe, expect, it } from 'vitest';
import { parseOwnedName, poolStackName, serverStackName } from './names.ts';

describe('parseOwnedName', () => {
  it.each([
    [serverStackName('bbf', 'main'), { cluster: 'main', pool: undefined }],
    [poolStackName('bbf', 'main', 'default'), { cluster: 'main', pool: 'default' }],
    [poolStackName('bbf', 'a-b', 'c-d'), { cluster: 'a-b', pool: 'c-d' }],
    [serverStackName('other', 'main'), undefined],
    ['bbf--foundation', undefined],
    ['bbf--reconciler', undefined],
    ['bbf----server', undefined],
    ['bbf--main--pool', undefined],
    ['bbf--main--pool--', undefined],
    ['bbf--main--pool--a--b', undefined],
    ['bbf--main--server--x', undefined],
    ['bbf--main--queue--x', undefined],
    ['bbf', undefined],
    ['', undefined],
  ])('%s', (name, owner) => expect(parseOwnedName('bbf', name)).toEqual(owner));
});
