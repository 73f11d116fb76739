/** `bbf explain [POOL]` */
import { type Command, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'say why a cluster or a pool is as it is, what happens next, and what you can do',
  description: 'Gives one reason for each wish that is not met; docs/reasons.md lists them all.',
  arguments: [{ name: 'POOL', required: false, known: 'pools', summary: 'only what bears on this pool' }],
  flags: [clusterFlag, ...jsonFlags],
  examples: [
    { line: 'bbf explain', what: 'the whole cluster' },
    { line: 'bbf explain default --cluster=ci', what: 'why a pool has the workers that it has' },
  ],
  run: async (call, program) => (await import('../explain/explain-command.ts')).explainCommand(call, program),
};
