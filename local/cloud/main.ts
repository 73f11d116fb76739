/** Entry point of `local-cloud`: `--port PORT --state DIRECTORY [--tasks processes|docker]`, until SIGTERM or SIGINT. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ProgramSettings, startProgram } from './program.ts';
import { StateHeld, StateShared } from './state-directory.ts';

/** sysexits.h: EX_USAGE, EX_UNAVAILABLE, EX_SOFTWARE. */
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const EXIT_SOFTWARE = 70;

const DEFAULT_PORT = 4599;

const report = (message: string) => process.stderr.write(`${new Date().toISOString()} ${message}\n`);

function readArguments(): Omit<ProgramSettings, 'environment' | 'report' | 'region' | 'account'> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      state: { type: 'string' },
      programs: { type: 'string' },
      tasks: { type: 'string' },
    },
  });
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port=${values.port} is not a port: 0 to 65535.`);
  const { tasks = 'processes' } = values;
  if (tasks !== 'processes' && tasks !== 'docker') throw new Error(`--tasks=${tasks} is neither processes nor docker.`);
  if (!values.state) throw new Error('--state=DIRECTORY is missing: where the local cloud keeps what it knows.');
  return {
    port,
    tasks,
    stateDirectory: resolve(values.state),
    programDirectory: resolve(values.programs ?? import.meta.dirname),
  };
}

/** One sentence and an exit code for what can go wrong at the start. */
function explain(error: unknown, port: number): [message: string, exitCode: number] {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return [`Port ${port} of 127.0.0.1 is in use by another program: choose one with --port.`, EXIT_UNAVAILABLE];
  if (code === 'EACCES') return [`Port ${port} or the state directory may not be used: ${message}`, EXIT_UNAVAILABLE];
  if (error instanceof StateHeld || error instanceof StateShared) return [message, EXIT_UNAVAILABLE];
  return [stack ?? message, EXIT_SOFTWARE];
}

async function main(): Promise<void> {
  let settings: ReturnType<typeof readArguments>;
  try {
    settings = readArguments();
  } catch (error) {
    report((error as Error).message);
    process.exit(EXIT_USAGE);
  }
  try {
    const environment = { ...process.env };
    const { port, stop } = await startProgram({
      ...settings,
      environment,
      report,
      region: 'us-east-1',
      account: '000000000000',
    });
    report(`The local cloud answers on http://127.0.0.1:${port}, its state is in ${settings.stateDirectory}.`);
    endOnSignal(stop);
  } catch (error) {
    const [message, exitCode] = explain(error, settings.port);
    report(message);
    process.exit(exitCode);
  }
}

function endOnSignal(stop: () => Promise<void>): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    stop().then(
      () => process.exit(0),
      (error) => {
        report(`The local cloud could not end cleanly: ${(error as Error).stack}`);
        process.exit(EXIT_SOFTWARE);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

await main();
