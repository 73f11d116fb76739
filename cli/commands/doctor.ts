/** `bbf doctor` */
import type { Command } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check an installation from outside, and say for each trouble what to do',
  description:
    'Credentials, bucket, foundation, reconciler, rules, stacks, certificates, clocks. Exit code: 0 when no check fails, else 1.',
  arguments: [],
  flags: [...jsonFlags],
  examples: [
    { line: 'bbf doctor', what: 'the installation that commands talk to' },
    { line: 'bbf doctor --context=bbf-eu-west-3 --json', what: 'another one, for a program' },
  ],
  run: async (call, program) => (await import('../doctor/doctor-command.ts')).doctorCommand(call, program),
};
