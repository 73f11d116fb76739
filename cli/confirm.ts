/** Asks before something is destroyed; without anybody to answer, only `--yes` is a yes. */

import type { Program } from './command.ts';
import { Failure } from './failure.ts';
import { printableText } from './output/printable.ts';

/** For what can't be undone: the name is typed. @throws Failure (usage) unless it is */
export async function confirmName(
  program: Program,
  yes: boolean,
  what: string,
  name: string,
  again: string,
): Promise<void> {
  if (yes) return;
  const { ask } = program.terminal;
  if (ask === undefined)
    throw new Failure('usage', `${what}: this needs the name ${name} typed, and there is no terminal to ask on`, {
      next: `${again} --yes`,
    });
  const answer = await ask(`${printableText(what)}. Type ${name} to go on:`);
  if (answer !== name)
    throw new Failure('usage', `nothing was changed: "${answer}" is not ${name}`, {
      next: `${again}, and type ${name}`,
    });
}

/** @throws Failure (usage) unless the person agrees */
export async function confirm(program: Program, yes: boolean, what: string, again: string): Promise<void> {
  if (yes) return;
  const { ask } = program.terminal;
  if (ask === undefined)
    throw new Failure('usage', `${what}: this needs a yes, and there is no terminal to ask on`, {
      next: `${again} --yes`,
    });
  const answer = await ask(`${printableText(what)}. Go on? (yes/no)`);
  if (answer !== 'yes' && answer !== 'y')
    throw new Failure('usage', 'nothing was changed: the answer was not yes', { next: `${again}, and answer yes` });
}
