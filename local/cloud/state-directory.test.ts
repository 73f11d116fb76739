import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('that was open to others is closed: keys are in it', async () => {
    chmodSync(directory, 0o755);
    const held = await holdStateDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    held.release();
  });

  it('is not one that is there for everybody, and stays as it was', async () => {
    chmodSync(directory, 0o1777);
    await expect(holdStateDirectory(directory)).rejects.toThrow(`${directory} is shared with others (mode 1777)`);
    expect(statSync(directory).mode & 0o7777).toBe(0o1777);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('is not somebody else’s', async () => {
    chownSync(directory, 1234, 1234);
    await expect(holdStateDirectory(directory)).rejects.toThrow(`${directory} belongs to another user (1234)`);
    expect(readdirSync(directory)).toEqual([]);
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
