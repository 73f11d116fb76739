import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepStart, lastStart } from './last-start.ts';

function emptyState(): string {
  const state = mkdtempSync(join(tmpdir(), 'bbf-state-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  return state;
}

it('is known of a state that a cloud has had', () => {
  const state = emptyState();
  expect(lastStart(state)).toEqual({});
  keepStart(state, { port: 47311, tasks: 'docker' });
  expect(lastStart(state)).toEqual({ port: 47311, tasks: 'docker' });
});

it.each(['', 'null', '{"port":"x","tasks":"pods"}'])('is unknown where the file has %s', (text) => {
  const state = emptyState();
  writeFileSync(join(state, 'last-start.json'), text);
  expect(lastStart(state)).toEqual({});
});
