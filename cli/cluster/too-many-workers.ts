/** More workers than a pool may have: refused before anything is written, with the line that allows them. */
import type { Call } from '../command.ts';
import { Failure } from '../failure.ts';
import { counted } from '../output/counted.ts';

/** What of a command line its next one needs as well. */
export const typed = (call: Call, ...flags: string[]): string[] =>
  flags.filter((flag) => call.text(flag) !== undefined).map((flag) => `--${flag}=${call.text(flag)}`);

export const tooManyWorkers = (pool: string, most: number, workers: number, next: string): Failure =>
  new Failure(
    'usage',
    `pool ${pool} may have ${counted(most, 'worker')} at most (workersMax), and ${workers} are wanted`,
    { next },
  );
