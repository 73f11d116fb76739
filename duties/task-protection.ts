/** Protects this task from scale-in, through the ECS agent's endpoint in the task. */

import { askAgent } from './plain-http.ts';
import { ProtectionRefused, type SetProtection } from './scale-in-guard.ts';

/** Protection ends by itself after an hour, should this process die without lifting it; renewed long before that. */
const EXPIRES_MINUTES = 60;
const RENEW_MS = 20 * 60_000;
/** After a renewal that failed: the agent's endpoint throttles, or is away, for seconds rather than minutes. */
const RETRY_MS = 30_000;

/** As `askAgent`. */
type Ask = (method: 'PUT', url: string, body: object) => Promise<{ status: number; json: unknown }>;

interface ProtectionAnswer {
  protection?: { ProtectionEnabled?: boolean };
  failure?: { Reason?: string; Detail?: string };
  error?: { Code?: string; Message?: string };
}

async function put(ask: Ask, url: string, on: boolean): Promise<void> {
  const body = on ? { ProtectionEnabled: true, ExpiresInMinutes: EXPIRES_MINUTES } : { ProtectionEnabled: false };
  const { status, json } = await ask('PUT', url, body);
  const { protection, failure, error } = (json ?? {}) as ProtectionAnswer;
  if (protection?.ProtectionEnabled === on) return;
  const why = failure?.Reason ?? error?.Message ?? error?.Code;
  const message = `${url} answered ${status} to protection ${on ? 'on' : 'off'}: ${why ?? 'no reason'}`;
  // A failure names why ECS left the task as it is; an error, such as of a request that took too long, leaves that open.
  throw failure ? new ProtectionRefused(message) : new Error(message);
}

/** @param base `$ECS_AGENT_URI` */
export function taskProtection(base: string, ask: Ask = askAgent): SetProtection {
  const url = `${base}/task-protection/v1/state`;
  let renewal: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  // One after the other: a late renewal must not undo what came after it.
  const next = (run: () => Promise<void>): Promise<void> => {
    const done = last.then(run);
    last = done.catch(() => {});
    return done;
  };
  const renewIn = (ms: number, ended: () => void) => {
    clearTimeout(renewal);
    renewal = setTimeout(() => void next(() => renew(ended)), ms).unref();
  };
  const protectedNow = (ended: () => void) => {
    clearTimeout(expiry);
    expiry = setTimeout(ended, EXPIRES_MINUTES * 60_000).unref();
    renewIn(RENEW_MS, ended);
  };
  const renew = async (ended: () => void) => {
    if (renewal === undefined) return;
    await put(ask, url, true).then(
      () => protectedNow(ended),
      () => renewIn(RETRY_MS, ended),
    );
  };
  return (on, ended = () => {}) =>
    next(async () => {
      await put(ask, url, on);
      if (on) return protectedNow(ended);
      clearTimeout(renewal);
      clearTimeout(expiry);
      renewal = undefined;
    });
}
