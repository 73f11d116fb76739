import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createScaleInGuard } from './scale-in-guard.ts';
import { taskProtection } from './task-protection.ts';

const MINUTE_MS = 60_000;
beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A task whose ECS agent keeps what it was told, and may be away. */
function task() {
  const agent = { away: false, protectedUntil: 0 };
  const ask = async (_method: string, _url: string, body: object) => {
    if (agent.away) throw new Error('connect ECONNREFUSED');
    const { ProtectionEnabled, ExpiresInMinutes = 0 } = body as {
      ProtectionEnabled: boolean;
      ExpiresInMinutes?: number;
    };
    agent.protectedUntil = ProtectionEnabled ? Date.now() + ExpiresInMinutes * MINUTE_MS : 0;
    return { status: 200, json: { protection: { ProtectionEnabled } } };
  };
  const guard = createScaleInGuard(taskProtection('http://agent', ask), Date.now, () => {});
  return { agent, guard };
}
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * MINUTE_MS);

it('the protection of a task is renewed as long as it is wanted', async () => {
  const { agent, guard } = task();
  await guard.begin();
  await minutes(600);
  expect(agent.protectedUntil).toBeGreaterThan(Date.now());
  await guard.end();
  await minutes(60);
  expect(agent.protectedUntil).toBe(0);
});

it('a renewal that failed is tried again soon', async () => {
  const { agent, guard } = task();
  await guard.begin();
  await minutes(19);
  agent.away = true;
  await minutes(2);
  agent.away = false;
  await minutes(1);
  expect(agent.protectedUntil).toBeGreaterThan(80 * MINUTE_MS);
});

it('a task whose protection could not be renewed for an hour takes nothing until it is protected again', async () => {
  const { agent, guard } = task();
  await guard.begin();
  agent.away = true;
  await minutes(59);
  expect(guard.accepts()).toBe(true);
  await minutes(2);
  expect([guard.accepts(), guard.protected()]).toEqual([false, true]);
  agent.away = false;
  await guard.answered({ draining: false, idle: false });
  expect(guard.accepts()).toBe(true);
  expect(agent.protectedUntil).toBeGreaterThan(Date.now());
});
