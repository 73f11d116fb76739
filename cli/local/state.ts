/** Where the local cloud keeps its state. */
import { dirname, join, resolve } from 'node:path';
import type { Call, Program } from '../command.ts';
import { readConfig } from '../context/config.ts';
import { quoted } from '../output/quoted.ts';

export const LOCAL_CONTEXT = 'local';
export const LOCAL_PROFILE = 'bbf-local';

/** Unless one is named, that of the local cloud which commands talk to: what they say to type when it is down means that one. */
export async function statePath(call: Pick<Call, 'text'>, { settings }: Program): Promise<string> {
  const named = call.text('state');
  if (named !== undefined) return resolve(settings.cwd, named);
  const { contexts } = await readConfig(settings);
  const { credentialsFile, profile } = contexts[LOCAL_CONTEXT] ?? {};
  const isOfCloud = credentialsFile !== undefined && profile === LOCAL_PROFILE;
  return isOfCloud ? dirname(credentialsFile) : join(settings.stateDirectory, 'local-cloud');
}

/** A command line for the local cloud of the same state. */
export function localLine(call: Pick<Call, 'text'>, command: 'up' | 'down', ...flags: string[]): string {
  const named = call.text('state');
  return ['bbf local', command, ...flags, ...(named === undefined ? [] : [`--state=${quoted(named)}`])].join(' ');
}
