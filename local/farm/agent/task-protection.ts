/** Protects this task from scale-in, through the ECS agent's endpoint in the task. */
import type { SetProtection } from '../worker/scale-in-guard.ts';
import { askAgent } from './plain-http.ts';

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
  const why = failure?.Reason ?? error?.Message ?? error?.Code ?? 'no reason';
  throw new Error(`${url} answered ${status} to protection ${on ? 'on' : 'off'}: ${why}`);
}

/** @param base `$ECS_AGENT_URI` */
export function taskProtection(base: string): SetProtection {
  const url = `${base}/task-protection/v1/state`;
  let renewal: NodeJS.Timeout | undefined;
  return async (on) => {
    clearInterval(renewal);
    await put(url, on);
    // A renewal that fails is tried again at the next; the hour leaves room for two.
    if (on) renewal = setInterval(() => put(url, true).catch(() => {}), RENEW_MS).unref();
  };
}
