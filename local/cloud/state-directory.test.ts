import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { holdStateDirectory, StateHeld } from './state-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function lockedBy(pid: number) {
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ pid, startedAt: new Date().toISOString() }));
}

describe('a state directory', () => {
  it('is not taken from a process that has just started on it', async () => {
    lockedBy(process.ppid);
    await expect(holdStateDirectory(directory)).rejects.toBeInstanceOf(StateHeld);
  });

  it.runIf(process.platform === 'linux')('is taken from one that was killed a moment ago', async () => {
    // The shell becomes a program that never asks after the child which the shell has started, so the child stays a zombie.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), { timeout: 30_000 }).toContain(' Z ');
    lockedBy(pid);
    const held = await holdStateDirectory(directory);
    held.release();
  });
});
