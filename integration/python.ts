/** Programs from Python's package index for tests: each in a virtual environment that is made at its first use and kept. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from './installation.ts';

const INSTALL_LIMIT_MS = 180_000;
/** For every clone of this machine; the name of each environment has the version. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bbf-tests');

/** Why a program is not there, in one line that says how to get it. */
export class NoPython extends Error {
  override name = 'NoPython';
}

/**
 * The environment's Python.
 * @param requirement what pip shall install, with its version
 * @param without what does not happen without it, for the error
 * @throws NoPython where Python, its venv module or the package index is out of reach
 */
export async function pythonWith(requirement: string, without: string): Promise<string> {
  const directory = join(CACHE, requirement.replace(/[^\w.]+/g, '-'));
  const python = join(directory, 'bin', 'python');
  const works = () => existsSync(python);
  if (works()) return python;
  mkdirSync(CACHE, { recursive: true });
  // Whole or not at all: this run may be ended in its middle, and another one may be at the same.
  const unfinished = mkdtempSync(`${directory}-unfinished-`);
  try {
    await install(unfinished, requirement, without);
    // What is left of one whose Python has gone is in the way.
    if (!works()) rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!works()) throw error;
  }
  return python;
}

async function install(directory: string, requirement: string, without: string): Promise<void> {
  const env = cleanEnvironment({ PIP_DISABLE_PIP_VERSION_CHECK: '1' });
  const step = async (program: string, args: string[], missing: string) => {
    await promisify(execFile)(program, args, { env, timeout: INSTALL_LIMIT_MS }).catch((error) => {
      throw new NoPython(`${without}: ${missing} (${program} ${args.slice(0, 3).join(' ')}: ${lastLineOf(error)})`);
    });
  };
  await step('python3', ['-m', 'venv', directory], 'it needs Python 3 with venv: apt-get install python3-venv');
  const wanted = requirement.split(' ');
  // What is imported is compiled then; most of it never is.
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--retries', '1', '--timeout', '15', ...wanted];
  const missing = `it needs ${requirement} from pip's package index, which is out of reach`;
  await step(join(directory, 'bin', 'python'), pip, missing);
}

function lastLineOf({ stderr, stdout, message }: { stderr?: string; stdout?: string; message: string }): string {
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n');
  return lines.at(-1) || message;
}
