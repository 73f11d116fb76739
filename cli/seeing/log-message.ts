/** A line of a log for people: programs of bbf write JSON, others whatever they like. */
import { parsed } from '../parsed.ts';

/** What the line around it says already. */
const SAID_ELSEWHERE = new Set(['time', 'message', 'msg', 'program', 'cluster', 'pool', 'level', 'pid', 'hostname']);

/** `message key=value …` of a JSON object that has one; anything else as it is. */
export function logMessage(text: string): string {
  const line = text.trimEnd();
  const entry = line.startsWith('{') ? (parsed(line) as Record<string, unknown> | undefined) : undefined;
  const message = entry?.message ?? entry?.msg;
  if (entry === undefined || typeof message !== 'string') return line;
  const fields = Object.entries(entry).filter(([name]) => !SAID_ELSEWHERE.has(name));
  return [message, ...fields.map(([name, value]) => `${name}=${shown(value)}`)].join(' ');
}

const shown = (value: unknown) => (typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value));
