/** A failure that bbf explains to a person: what happened, why, and what to type next. */

import { type ExitCode, exitCodes } from './exit-codes.ts';
import { printableText } from './output/printable.ts';

export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** The next command or change, in the words that a person would type. */
  readonly next: string;
  /** Extra lines between the message and the hint, e.g. one for each problem of a document. */
  readonly details: string[];
  constructor(kind: keyof typeof exitCodes, message: string, more: { next: string; details?: string[] }) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCodes[kind];
    this.next = more.next;
    this.details = more.details ?? [];
  }
}

/** By name: a command that is bundled apart has a class of its own. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && error.name === 'Failure';

/** What stderr shows for an error; the first line says that it was bbf that failed, not Bazel. */
export function describeFailure(error: unknown): { lines: string[]; exitCode: number } {
  if (isFailure(error)) {
    const details = error.details.map((line) => `  ${printableText(line)}`);
    const [message, next] = [printableText(error.message), printableText(error.next)];
    return { lines: [`bbf: error: ${message}`, ...details, `  try: ${next}`], exitCode: error.exitCode };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    lines: [
      ...trace.split('\n').map(printableText),
      `bbf: error: unexpected: ${printableText(message)}`,
      '  try: report the lines above, this is a bug of bbf',
    ],
    exitCode: exitCodes.internal,
  };
}
