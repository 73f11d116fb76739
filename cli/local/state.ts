/** Where the local cloud keeps its state. */
import { join, resolve } from 'node:path';
import type { Call, Program } from '../command.ts';
import { quoted } from '../output/quoted.ts';

export function statePath(call: Pick<Call, 'text'>, { settings }: Program): string {
  const named = call.text('state');
  return named === undefined ? join(settings.stateDirectory, 'local-cloud') : resolve(settings.cwd, named);
}

/** A command line for the local cloud of the same state. */
export function localLine(call: Pick<Call, 'text'>, command: 'up' | 'down', ...flags: string[]): string {
  const named = call.text('state');
  return ['bbf local', command, ...flags, ...(named === undefined ? [] : [`--state=${quoted(named)}`])].join(' ');
}
