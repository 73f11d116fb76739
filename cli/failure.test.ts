import { expect, it } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { describeFailure } from './failure.ts';

it('what nobody explained is a bug of bbf, told with its trace and what to do with it', () => {
  const { lines, exitCode } = describeFailure(new TypeError('x'));
  expect(exitCode).toBe(exitCodes.internal);
  expect(lines[0]).toBe('TypeError: x');
  expect(lines.slice(-2)).toEqual(['bbf: error: unexpected: x', '  try: report the lines above, this is a bug of bbf']);
});
