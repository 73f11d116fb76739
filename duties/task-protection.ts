/** Protects this task from scale-in, through the ECS agent's endpoint in the task. */

import { askAgent } from './plain-http.ts';
import { ProtectionRefused, type SetProtection } from './scale-in-guard.ts';

/** Protection ends by itself after an hour, should this process die without lifting it; renewed long before that. */
const EXPIRES_MINUTES = 60;
const RENEW_MS = 20 * 60_000;

interface ProtectionAnswer {
  protection?: { ProtectionEnabled?: boolean };
  failure?: { Reason?: string; Detail?: string };
  error?: { Code?: string; Message?: string };
}

async function put(url: string, on: boolean): Promise<void> {
  const body = on ? { ProtectionEnabled: true, ExpiresInMinutes: EXPIRES_MINUTES } : { ProtectionEnabled: false };
  const { status, json } = await askAgent('PUT', url, body);
  const { protection, failure, error } = (json ?? {}) as ProtectionAnswer;
  if (protection?.ProtectionEnabled === on) return;
  const why = failure?.Reason ?? error?.Message ?? error?.Code;
  const message = `${url} answered ${status} to protection ${on ? 'on' : 'off'}: ${why ?? 'no reason'}`;
  // A failure names why ECS left the task as it is; an error, such as of a request that took too long, leaves that open.
  throw failure ? new ProtectionRefused(message) : new Error(message);
}

/** @param base `$ECS_AGENT_URI` */
export function taskProtection(base: string): SetProtection {
  const url = `${base}/task-protection/v1/state`;
  let renewal: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  // One after the other: a late renewal must not undo what came after it.
  const next = (run: () => Promise<void>): Promise<void> => {
    const done = last.then(run);
    last = done.catch(() => {});
    return done;
  };
  // One that fails is tried again at the next; the hour leaves room for two.
  const renew = () => void next(async () => (renewal === undefined ? undefined : put(url, true))).catch(() => {});
  return (on) =>
    next(async () => {
      await put(url, on);
      clearInterval(renewal);
      renewal = on ? setInterval(renew, RENEW_MS).unref() : undefined;
    });
}
