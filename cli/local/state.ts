/** Where the local cloud keeps its state. */
import { join, resolve } from 'node:path';
import type { Call, Program } from '../command.ts';

export function statePath(call: Pick<Call, 'text'>, { settings }: Program): string {
  const named = call.text('state');
  return named === undefined ? join(settings.stateDirectory, 'local-cloud') : resolve(settings.cwd, named);
}
