/** The bbf program: reads its surroundings, runs the command line, and sets the exit code. */
import { fileURLToPath } from 'node:url';
import { dispatch } from './dispatch.ts';
import { describeFailure } from './failure.ts';
import { Interrupted, signalExitCode, sleep } from './interrupt.ts';
import { openTerminal } from './output/terminal.ts';
import { readSettings } from './settings.ts';

// Which Node a user runs is for `engines` of package.json to say; the SDK's own advice would stand among bbf's messages.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { stdin, stdout, stderr } = process;
const settings = readSettings({
  env: process.env,
  cwd: process.cwd(),
  program: fileURLToPath(import.meta.url),
  onTerminal: Boolean(stdin.isTTY || stdout.isTTY || stderr.isTTY),
});
const terminal = openTerminal({ stdin, stdout, stderr }, settings);

// A reader that went away, e.g. `bbf status | head -1`, is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await dispatch(process.argv.slice(2), { settings, terminal, now: Date.now, sleep });
} catch (error) {
  process.exitCode = error instanceof Interrupted ? interrupted(error) : failed(error);
}

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
