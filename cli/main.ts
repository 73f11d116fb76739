/** The bbf program: reads its surroundings, runs the command line, and sets the exit code. */
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { dispatch } from './dispatch.ts';
import { describeFailure } from './failure.ts';
import { type Interrupted, isInterrupted, signalExitCode, sleep } from './interrupt.ts';
import { openTerminal } from './output/terminal.ts';
import { readSettings } from './settings.ts';

// Which Node a user runs is for `engines` of package.json to say; the SDK's own advice would stand among bbf's messages.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const terminals = { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) };
const settings = readSettings({
  env: process.env,
  cwd: process.cwd(),
  program: fileURLToPath(import.meta.url),
  onTerminal: Object.values(terminals).includes(true),
});
const terminal = openTerminal(process, { ...settings, terminals });

// Without top-level await, which CommonJS lacks: as CommonJS, Node starts the program sooner.
void dispatch(process.argv.slice(2), { settings, terminal, now: Date.now, sleep })
  .catch((error: unknown) => (isInterrupted(error) ? interrupted(error) : failed(error)))
  .then((code) => {
    process.exitCode = code;
  });

function interrupted({ signal }: Interrupted): number {
  terminal.notes.write(`bbf: stopped by ${signal}; what was asked for goes on without waiting for it\n`);
  return signalExitCode(signal);
}

function failed(error: unknown): number {
  const { lines, exitCode } = describeFailure(error);
  const { red } = terminal.notes.colors;
  for (const line of lines) terminal.notes.write(`${line.startsWith('bbf: error:') ? red(line) : line}\n`);
  return exitCode;
}
