/** `bbf delete CLUSTER` */
import { type Command, reasonFlag, waitFlags } from '../command.ts';

export const deleteClusterCommand: Command = {
  name: 'delete',
  summary: 'delete a cluster and everything that it runs',
  description: 'Writes a tombstone into the document; the reconciler then drains the workers and removes the stacks.',
  arguments: [{ name: 'CLUSTER', required: true, known: 'clusters', summary: 'the cluster to delete' }],
  flags: [{ name: 'yes', summary: 'do not ask' }, reasonFlag, ...waitFlags('20m')],
  examples: [{ line: 'bbf delete ci --yes', what: 'without a question' }],
  run: async (call, program) => (await import('../cluster/delete.ts')).deleteCommand(call, program),
};
