/** Cuts a stream of text into lines, and knows the end marks of invocations among them. */
import type { Readable } from 'node:stream';
import { endMark } from './bootstrap-protocol.ts';

interface Lines {
  /** Fulfilled when the end mark of the request has come, or the stream has ended. */
  endOf(requestId: string): Promise<void>;
}

/** @param log gets each line that is no mark, without its end */
export function readLines(stream: Readable, log: (line: string) => void): Lines {
  const waiting = new Map<string, () => void>();
  const seen = new Set<string>();
  let ended = false;
  let rest = '';

  function take(line: string): void {
    const at = line.indexOf(endMark(''));
    const text = at < 0 ? line : line.slice(0, at);
    if (text !== '') log(text);
    if (at >= 0) arrived(line.slice(at + endMark('').length));
  }
  function arrived(requestId: string): void {
    const notify = waiting.get(requestId);
    if (notify) notify();
    else seen.add(requestId);
    waiting.delete(requestId);
  }
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('close', () => {
    ended = true;
    if (rest !== '') take(rest);
    for (const notify of waiting.values()) notify();
  });
  return {
    endOf(requestId) {
      if (ended || seen.delete(requestId)) return Promise.resolve();
      return new Promise((resolve) => waiting.set(requestId, resolve));
    },
  };
}
