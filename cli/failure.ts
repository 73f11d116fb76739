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

/** For what only set-up mends: doctor names installation, region and bucket. */
export const ASK_DOCTOR = 'bbf doctor, which says how it is set up again';

/** By name: a command that is bundled apart has a class of its own. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && error.name === 'Failure';

export const failsWith = (error: unknown, kind: keyof typeof exitCodes): error is Failure =>
  isFailure(error) && error.exitCode === exitCodes[kind];

const FOLDERS = 'bbf keeps its own below XDG_CONFIG_HOME, XDG_CACHE_HOME and XDG_STATE_HOME';
const NOT_ALLOWED = `ls -ld shows whose it is; ${FOLDERS}`;

/** What the operating system says no with to a file or folder, and what helps. */
const REFUSALS: Record<string, string> = {
  ENOSPC: 'make room: df shows which disk is full',
  EDQUOT: 'make room: your share of the disk is used up',
  EROFS: `a folder that can be written: ${FOLDERS}`,
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  ENOTDIR: 'correct the path: a part of it is a file',
};

function asFailure(error: Error): Failure | undefined {
  if (isFailure(error)) return error;
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  // So Node says that a folder can't be made on a disk that can only be read.
  const next = REFUSALS[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : code];
  return next === undefined ? undefined : new Failure('system', `the operating system refuses: ${message}`, { next });
}

const asItIs = (next: string) => next;

/**
 * What stderr shows for an error; the first line says that it was bbf that failed, not Bazel.
 * @param told what becomes of what to type next
 */
export function describeFailure(error: unknown, told = asItIs): { lines: string[]; exitCode: number } {
  const failure = error instanceof Error ? asFailure(error) : undefined;
  if (failure !== undefined) {
    const details = failure.details.map((line) => `  ${printableText(line)}`);
    const [message, next] = [printableText(failure.message), printableText(told(failure.next))];
    return { lines: [`bbf: error: ${message}`, ...details, `  try: ${next}`], exitCode: failure.exitCode };
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
