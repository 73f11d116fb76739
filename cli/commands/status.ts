/** `bbf status [CLUSTER]` */
import { type Command, clusterArgument, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'show what a cluster is, does, and costs',
  arguments: [clusterArgument],
  flags: [clusterFlag, { name: 'watch', summary: 'show each change until Ctrl-C' }, ...jsonFlags],
  examples: [
    { line: 'bbf status', what: 'once' },
    { line: 'bbf status --watch --json', what: 'one JSON object for each change' },
  ],
  run: async (call, program) => (await import('../cluster/status.ts')).status(call, program),
};
