/** Which Bazel it is. */
import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { Failure, isFailure } from '../failure.ts';
import { nested, startsBbf } from './nesting.ts';

/** `[major, minor, patch]`; null for a Bazel that does not say, which gets only what every version knows. */
export type BazelVersion = readonly [number, number, number] | null;

/** Debian's says `bazel no_version`, a self-built one `bazel development version`. */
export function parseVersion(output: string): BazelVersion {
  const match = /^bazel\s+(\d+)\.(\d+)\.(\d+)/m.exec(output);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

export function atLeast(version: BazelVersion, least: string): boolean {
  if (version === null) return false;
  const wanted = least.split('.').map(Number);
  for (const [index, number] of version.entries()) {
    const other = wanted[index] ?? 0;
    if (number !== other) return number > other;
  }
  return true;
}

/** Bazelisk may have to download Bazel first. */
const TIMEOUT_MS = 300_000;

/** Asks Bazel itself, in the workspace: Bazelisk answers for the version that the workspace asks for. No server is started. */
export async function bazelVersion(
  bazel: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<BazelVersion> {
  try {
    const options = { cwd, env: nested(env), timeout: TIMEOUT_MS, signal };
    const { stdout } = await promisify(execFile)(bazel, ['--version'], options);
    if (/^bbf \d/.test(stdout)) throw startsBbf(bazel, `${bazel} says that it is ${stdout.trim()}: it`);
    return parseVersion(stdout);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isFailure(error)) throw error;
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    // A launcher says what the workspace wants and how to get it, in lines and colours of its own.
    const said = stripVTControlCharacters(stderr || stdout || message);
    const [first = message, ...details] = said.split('\n').filter((line) => line.trim() !== '');
    throw new Failure('unavailable', `${bazel} --version failed: ${first.trim()}`, {
      details,
      next: `${bazel} --version, to see what it needs`,
    });
  }
}
