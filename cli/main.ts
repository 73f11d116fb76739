/** The bbf program: reads its surroundings, runs the command line, and ends with its exit code. */
import { isatty } from 'node:tty';
import { dispatch } from './dispatch.ts';
import { describeFailure } from './failure.ts';
import { type Interrupted, isInterrupted, signalExitCode, sleep } from './interrupt.ts';
import { openTerminal, type Terminal } from './output/terminal.ts';
import { readSettings } from './settings.ts';

/** @param program path of bbf's own program */
export async function main(program: string): Promise<void> {
  const env = { ...process.env };
  // Which Node a user runs is for `engines` of package.json to say; the SDK's own advice would stand among bbf's messages.
  // Only here: what bbf runs has the environment that bbf was given.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const terminals = { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) };
  const onTerminal = Object.values(terminals).includes(true);
  const settings = readSettings({ env, cwd: process.cwd(), program, onTerminal });
  const terminal = openTerminal(process, { ...settings, terminals });
  process.exitCode = await dispatch(process.argv.slice(2), { settings, terminal, now: Date.now, sleep }).catch(
    (error: unknown) => (isInterrupted(error) ? interrupted(error, terminal) : failed(error, terminal)),
  );
  await terminal.written();
  // Connections that are kept alive would take milliseconds more to end by themselves.
  process.exit();
}

function interrupted({ signal, left }: Interrupted, terminal: Terminal): number {
  if (left !== null) terminal.notes.write(`bbf: stopped by ${signal}; ${left}\n`);
  return signalExitCode(signal);
}

function failed(error: unknown, terminal: Terminal): number {
  const { lines, exitCode } = describeFailure(error);
  const { red } = terminal.notes.colors;
  for (const line of lines) terminal.notes.write(`${line.startsWith('bbf: error:') ? red(line) : line}\n`);
  return exitCode;
}
