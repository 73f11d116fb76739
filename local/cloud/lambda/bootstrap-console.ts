/** Makes `console` write as Lambda's Node.js runtime does: time, request, level and message, separated by tabs. */
import { format } from 'node:util';

const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/** @returns sets the request whose id the next lines carry */
export function takeOverConsole(): (requestId: string) => void {
  let current: string | undefined;
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...values: unknown[]) => {
      // One message is one event of the log: carriage returns keep its lines together.
      const message = format(...values).replaceAll('\n', '\r');
      process.stdout.write(`${new Date().toISOString()}\t${current}\t${level}\t${message}\n`);
    };
  }
  return (requestId) => {
    current = requestId;
  };
}
