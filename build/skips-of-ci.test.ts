import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALLOWED_SKIPS } from './allowed-skips.ts';
import { root } from './options.ts';
import { type Machine, unexplained } from './skips-of-ci.ts';

const machine: Machine = { isRoot: true, isLinux: true, has: () => true };
const gateway = { file: 'integration/gateway/life.test.ts', name: 'a gateway > takes no certificate' };
const Buildfarm = {
  file: 'integration/containers/local-engine.test.ts',
  name: 'the tasks of bbf local up --tasks=docker on Buildfarm > go to zero',
};
const other = { file: 'local/cloud/state-directory.test.ts', name: 'a state > is not somebody else’s' };

describe('a test that CI skips', () => {
  it.each([
    ['what nobody allows', [{ file: 'cli/dispatch.test.ts', name: 'a > b' }], machine, 1],
    ['what a registry may lack', [Buildfarm], machine, 0],
    ['what lacks its program', [gateway], { ...machine, has: (program: string) => program !== 'nginx' }, 0],
    ['what has its program', [gateway], machine, 1],
    ['what is root’s, as somebody else', [other], { ...machine, isRoot: false }, 0],
    ['what is root’s, as root', [other], machine, 1],
    ['what is Linux’s, elsewhere', [other], { ...machine, isLinux: false }, 0],
  ])('%s', (_what, skipped, on, count) => {
    expect(unexplained(skipped, on)).toEqual(skipped.slice(0, count));
  });
});

describe('the list of skips that are allowed', () => {
  it('names files that are there', () => {
    const isThere = (path: string) =>
      existsSync(join(root, path)) && (!path.endsWith('/') || readdirSync(join(root, path)).length > 0);
    expect(ALLOWED_SKIPS.filter(({ files }) => !isThere(files))).toEqual([]);
  });
});
