/** How the local cloud of a state was started last: so it is started again where nobody says otherwise. */
import { join } from 'node:path';
import { optionalText } from '../optional-text.ts';
import { parsed } from '../parsed.ts';
import { replaceFile } from '../replace-file.ts';
import { type TaskKind, taskKinds } from './cloud-process.ts';

interface Start {
  port: number;
  tasks: TaskKind;
}

const fileOf = (state: string) => join(state, 'last-start.json');

/** Nothing of what a person may have made of the file that could not be. */
export function lastStart(state: string): Partial<Start> {
  const { port, tasks } = (parsed(optionalText(fileOf(state))) ?? {}) as Record<keyof Start, unknown>;
  const kind = taskKinds.find((one) => one === tasks);
  return { ...(Number.isInteger(port) && { port: port as number }), ...(kind !== undefined && { tasks: kind }) };
}

export function keepStart(state: string, { port, tasks }: Start): void {
  replaceFile(fileOf(state), JSON.stringify({ port, tasks }));
}
