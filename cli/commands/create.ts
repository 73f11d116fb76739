/** `bbf create [NAME]` */
import { type Command, reasonFlag, waitFlags } from '../command.ts';

export const createCommand: Command = {
  name: 'create',
  summary: 'make a cluster',
  description:
    'Writes the document of a new cluster with one pool. Without --workers it stays at zero until a build asks.',
  arguments: [{ name: 'NAME', required: false, summary: 'name of the cluster (default: main)' }],
  flags: [
    { name: 'workers', value: 'N', summary: 'workers that are kept while awake (default: 0)' },
    { name: 'max', value: 'M', summary: 'never more workers than this (default: 20)' },
    { name: 'idle-after', value: 'DURATION', summary: 'goes to zero after this long without work (default: 20m)' },
    reasonFlag,
    ...waitFlags(),
  ],
  examples: [
    { line: 'bbf create', what: 'a cluster called main, at zero' },
    { line: 'bbf create ci --workers=3', what: 'one with three workers' },
  ],
  run: async (call, program) => (await import('../cluster/create.ts')).create(call, program),
};
