/** A script that is called bazel and starts bbf would be taken for Bazel by that bbf too, and so on for ever. */
import { Failure } from '../failure.ts';

const NAME = 'BBF_NESTING';
/** Of bbf within Bazel within bbf: a test that runs bbf, whose build runs a tool that runs it again. */
const MAX = 4;

const depthOf = (environment: NodeJS.ProcessEnv): number => Number(environment[NAME]) || 0;

/** The environment of a Bazel that bbf starts. */
export const nested = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...environment,
  [NAME]: String(depthOf(environment) + 1),
});

/** @throws Failure (unavailable) when bbf was started by what it started too often */
export function refuseLoop(bazel: string, environment: NodeJS.ProcessEnv): void {
  const depth = depthOf(environment);
  if (depth >= MAX) throw startsBbf(bazel, `bbf was started ${depth} times by what it had started itself: ${bazel}`);
}

export const startsBbf = (bazel: string, seen: string): Failure =>
  new Failure('unavailable', `${seen} starts bbf where bbf looks for Bazel`, {
    next: `bbf --bazel_bin=PATH …, or BBF_BAZEL=PATH, with Bazel’s own path in place of ${bazel}`,
  });
