/** A command line of `bbf images` that ends as the program ends it. */
import type { Program } from '../command.ts';
import { dispatch } from '../dispatch.ts';
import { describeFailure } from '../failure.ts';

/** The exit code; what a failure says goes to stderr, as the program does it. */
export const outcome = (args: string[], program: Program) =>
  dispatch(args, program).catch((error: unknown) => {
    const { lines, exitCode } = describeFailure(error);
    program.terminal.notes.write(`${lines.join('\n')}\n`);
    return exitCode;
  });
