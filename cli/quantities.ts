/** Numbers and durations that people type as values of flags. */

import { parseDuration } from '../config-schema/durations.ts';
import type { Call } from './command.ts';
import { Failure } from './failure.ts';

/** Milliseconds. @throws Failure (usage) */
export function durationFlag(call: Pick<Call, 'text'>, flag: string, fallback: string): number {
  const text = call.text(flag) ?? fallback;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  const guess = /^\d+$/.test(text) ? `; did you mean ${text}s or ${text}m?` : '';
  throw new Failure('usage', `--${flag}=${text} is not a duration${guess}`, {
    next: `--${flag}=10m, or a number with ms, s, m, h or d`,
  });
}

/** undefined where the flag was not given. @throws Failure (usage) for what is no whole number from `least` to 1000 */
export function countFlag(call: Pick<Call, 'text'>, flag: string, least = 0): number | undefined {
  return count(`--${flag}`, call.text(flag), least);
}

/** @param name of the flag or environment variable @throws Failure (usage) */
export function count(name: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  const MOST = 1000;
  const wrong = (why: string) =>
    new Failure('usage', `${name}=${text} ${why}`, { next: `${name}=${least} up to ${name}=${MOST}` });
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw wrong('is not a number');
  if (!Number.isInteger(number)) throw wrong('is not a whole number: there is no part of a worker');
  if (number < least) throw wrong(number < 0 ? 'is negative' : `is less than ${least}`);
  if (number > MOST) throw wrong(`is more than ${MOST}, the most that a pool may have`);
  return number;
}

/** How many of the newest, at most: undefined where the flag `limit` was not given. @throws Failure (usage) */
export function limitFlag(call: Pick<Call, 'text'>): number | undefined {
  const text = call.text('limit');
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new Failure('usage', `--limit=${text} is not a whole number from 1 on`, { next: '--limit=100' });
}

/** undefined where the flag `port` was not given. @param example that the failure shows @throws Failure (usage) */
export function portFlag(call: Pick<Call, 'text'>, example: number): number | undefined {
  const text = call.text('port');
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Failure('usage', `--port=${text} is no port`, { next: `--port=${example}` });
}
