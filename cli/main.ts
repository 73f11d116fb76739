/** The bbf program: reads its surroundings, runs the command line, and ends with its exit code. */
import { isatty } from 'node:tty';
import { dispatch } from './dispatch.ts';
import { describeFailure, Failure } from './failure.ts';
import { type Interrupted, isInterrupted, signalExitCode, sleep } from './interrupt.ts';
import { openTerminal, type Terminal } from './output/terminal.ts';
import { inSameContext, namedContext } from './same-context.ts';
import { readSettings } from './settings.ts';

/** @param program path of bbf's own program */
export async function main(program: string): Promise<void> {
  const env = { ...process.env };
  // Which Node a user runs is for `engines` of package.json to say; the SDK's own advice would stand among bbf's messages.
  // Only here: what bbf runs has the environment that bbf was given.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const terminals = { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) };
  const onTerminal = Object.values(terminals).includes(true);
  const argv = process.argv.slice(2);
  const cwd = currentDirectory();
  const settings = readSettings({ env, cwd: cwd ?? '/', program, onTerminal });
  const terminal = openTerminal(process, { ...settings, terminals });
  const ended =
    cwd === undefined ? Promise.reject(folderGone()) : dispatch(argv, { settings, terminal, now: Date.now, sleep });
  process.exitCode = await ended.catch((error: unknown) =>
    isInterrupted(error) ? interrupted(error, terminal, argv) : failed(error, terminal, argv),
  );
  await terminal.written();
  // Connections that are kept alive would take milliseconds more to end by themselves.
  process.exit();
}

/** undefined where it was deleted under the shell. */
function currentDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const folderGone = () =>
  new Failure('notFound', 'the folder that bbf was started in is gone', {
    next: 'cd to one that is there, then the same command',
  });

function interrupted({ signal, left }: Interrupted, terminal: Terminal, argv: readonly string[]): number {
  const rest = left === null ? null : inSameContext(left, namedContext(argv));
  if (rest !== null) terminal.notes.write(`bbf: stopped by ${signal}; ${rest}\n`);
  return signalExitCode(signal);
}

function failed(error: unknown, terminal: Terminal, argv: readonly string[]): number {
  const { lines, exitCode } = describeFailure(error, (next) => inSameContext(next, namedContext(argv)));
  const { red } = terminal.notes.colors;
  for (const line of lines) terminal.notes.write(`${line.startsWith('bbf: error:') ? red(line) : line}\n`);
  return exitCode;
}
