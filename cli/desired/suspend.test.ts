import { expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';

const current = bucketOfEachTest();
const NOTE = 'bbf: until bbf resume main, nothing is changed: what runs goes on, and costs\n';

/** What an edit says on stderr. */
async function said(...line: string[]): Promise<string> {
  const { program } = current();
  const before = program.stderr().length;
  expect(await dispatch([...line, '--no-wait'], program)).toBe(0);
  return program.stderr().slice(before);
}

it('an edit that suspends says how that ends, whichever edit it is', async () => {
  await said('create', 'main');
  expect(await said('suspend')).toBe(NOTE);
  expect(await said('suspend')).toBe(NOTE);
  expect(await said('resume')).toBe('');
  expect(await said('rollback')).toBe(NOTE);
  expect(await said('suspend', '--quiet')).toBe('');
});
