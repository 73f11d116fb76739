/** `bbf completion SHELL` prints a shell's script; `bbf complete`, which the scripts call, what could stand at the cursor. */
import type { Call, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { complete } from './complete.ts';
import { knownNames } from './names.ts';
import { completionScript, SHELLS, type Shell } from './scripts.ts';

export async function completionCommand(call: Call, program: Program): Promise<number> {
  const [shell = ''] = call.arguments;
  if (!SHELLS.includes(shell as Shell))
    throw new Failure('usage', `there is no completion for ${shell}`, {
      next: SHELLS.map((known) => `bbf completion ${known}`).join(', '),
    });
  program.terminal.result.write(completionScript(shell as Shell, call.text('for')));
  return 0;
}

/** @param argv the beginning of the word at the cursor, then the words before it */
export async function answerShell([current = '', ...words]: readonly string[], program: Program): Promise<number> {
  const { commands } = await import('../commands/all.ts');
  const found = await complete(commands, knownNames(program), words, current);
  for (const word of found) program.terminal.result.write(`${word}\n`);
  return 0;
}
