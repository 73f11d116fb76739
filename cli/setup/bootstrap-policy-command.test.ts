import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';

let program: ProgramDouble;
beforeEach(() => {
  program = programDouble();
});
afterEach(() => rmSync(program.directory, { recursive: true, force: true }));

describe('a policy that is printed', () => {
  const print = (path: string) => {
    const boundary = `arn:aws:iam::123456789012:policy/${path}boundary`;
    const place = ['--region=ap-southeast-1', '--account=123456789012', '--name=platform-build-farms'];
    return dispatch(['bootstrap-policy', ...place, `--permissions-boundary=${boundary}`], program);
  };

  it('goes without a word where a role can hold it', async () => {
    expect(await print('')).toBe(0);
    expect(program.stderr()).toBe('');
  });

  it('has a note on what to do where no role can', async () => {
    expect(await print('path/'.repeat(120))).toBe(0);
    expect(program.stderr()).toMatch(
      /^note: \d+ characters without white space, and IAM takes 10240 as a role's inline policies: .* managed policies/,
    );
  });
});
