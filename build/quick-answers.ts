/** What bbf says without looking at anything: worked out when it is bundled, so that its start has only to print it (cli/start.ts). */

import { wrapperFlags } from '../cli/bazel/split.ts';
import { commands } from '../cli/commands/all.ts';
import { programHelp } from '../cli/help.ts';
import { createColors } from '../cli/output/colors.ts';
import type { QuickAnswers } from '../cli/quick-answers.ts';

/** In colour, which the start takes away where nobody looks. */
export function quickAnswers(version: string): QuickAnswers {
  return {
    '--version': `bbf ${version}\n`,
    '--help': programHelp(commands, wrapperFlags, createColors(true)),
  };
}
