/** When this program has to end: it is told to, or whoever started it is gone. */
import { fstatSync } from 'node:fs';

export type EndReason = 'signal' | 'end of stdin' | 'own decision';

/** On Fargate stdin is no pipe but empty from the start, and its end says nothing. */
function stdinIsHeldOpen(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

/** Resolves at SIGTERM or SIGINT, or when stdin ends: local ECS holds its other end open as long as it lives, however it dies. */
export function ended(): Promise<EndReason> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('signal'));
    process.once('SIGINT', () => resolve('signal'));
    if (!stdinIsHeldOpen()) return;
    process.stdin.once('end', () => resolve('end of stdin'));
    process.stdin.once('error', () => resolve('end of stdin'));
    process.stdin.resume();
  });
}
