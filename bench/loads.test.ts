/** What a benchmark loads has nothing that only a test may ask for. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from '../integration/programs.ts';

it.each(['cli', 'farm', 'gateway'])('npm run bench -- %s finds all that it imports', (name) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
});
