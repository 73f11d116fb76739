/** `bbf doctor`: examines an installation from outside, and says for each trouble what to do. */

import type { Call, Program } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import type { Examination } from './check.ts';
import { checks } from './checks.ts';
import { checkupText } from './checkup-text.ts';
import { examine } from './examine.ts';

export async function doctorCommand(call: Call, program: Program): Promise<number> {
  const examination: Examination = { program, context: call.text('context'), facts: {} };
  const results = await examine(checks, examination);
  const { result } = program.terminal;
  const healthy = results.every(({ state }) => state !== 'failed');
  const checkup = {
    apiVersion: 'bbf/v1',
    kind: 'Checkup',
    context: examination.facts.installation?.contextName ?? null,
    at: new Date(program.now()).toISOString(),
    healthy,
    checks: results,
  };
  if (wantsJson(call)) await writeJson(checkup, call, program);
  else result.write(checkupText(printable(results), result.width(), result.colors));
  return healthy ? 0 : exitCodes.noAnswer;
}
