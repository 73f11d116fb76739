/** Apart from the list of all commands, which a build has no use for. */
import { Failure } from './failure.ts';

/** @param near the suggestion */
export const noCommand = (word: string, near = '') =>
  new Failure('usage', `neither bbf nor Bazel has a command ${word}${near}`, { next: 'bbf --help' });
