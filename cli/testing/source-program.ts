/** bbf itself, as a process of its own, run from its sources. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quoted } from '../output/quoted.ts';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Its arguments follow. */
export const sourceProgram = [process.execPath, '--import', loader, join(import.meta.dirname, '..', 'start.ts')];

const SCRIPT = '/usr/bin/script';
/** For a test that is left out. */
export const hasScript = existsSync(SCRIPT);

/** The command in a terminal of its own, whose keys are written to its standard input. */
export function onTerminal(command: readonly string[]): string[] {
  // `exec`: a shell that stayed in front (dash does) would die by the Ctrl-C itself and answer 130.
  return [SCRIPT, '-qec', `exec ${command.map(quoted).join(' ')}`, '/dev/null'];
}
