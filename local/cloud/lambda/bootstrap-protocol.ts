/** What a function's process and its parent say to each other. */

/** From parent to child. */
export interface InvokeMessage {
  requestId: string;
  functionArn: string;
  payload: string;
  /** Milliseconds since the epoch. */
  deadlineAt: number;
}

/** From child to parent. `ready` comes once, before any outcome. */
export type ChildMessage = { type: 'ready' } | ({ type: 'outcome'; requestId: string } & ChildOutcome);

export interface ChildOutcome {
  /** JSON text. */
  payload: string;
  failed: boolean;
}

/**
 * This line ends the output of an invocation on stdout and on stderr. Pipes and messages overtake each other, so the
 * parent waits for all three.
 */
export const endMark = (requestId: string) => `\u0000end-of-output ${requestId}`;
