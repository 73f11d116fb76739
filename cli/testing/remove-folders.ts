/** Set-up of every file of tests: what it makes is gone at its end. */
import { rmSync } from 'node:fs';
import { afterAll } from 'vitest';
import { folders } from './folders.ts';

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
