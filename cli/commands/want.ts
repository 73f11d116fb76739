/** `bbf want` */
import { type Command, clusterFlag, reasonFlag, waitFlags } from '../command.ts';

export const wantCommand: Command = {
  name: 'want',
  summary: 'say how many workers a pool keeps, and wait until they are there',
  arguments: [],
  flags: [
    { name: 'workers', value: 'N', summary: 'workers that are kept while awake (with --for: 1 where none is named)' },
    { name: 'max', value: 'M', summary: 'never more workers than this' },
    { name: 'pool', value: 'NAME', known: 'pools', summary: 'the pool (default: default, or the only one)' },
    { name: 'for', value: 'DURATION', summary: 'for this long, as a lease of yours instead of an edit' },
    { ...reasonFlag, summary: 'why, for bbf history, or with --for for bbf leases' },
    clusterFlag,
    ...waitFlags(),
  ],
  examples: [
    { line: 'bbf want --workers=3', what: 'three workers, ready when the command ends' },
    { line: 'bbf want --workers=0 --no-wait', what: 'none, whenever they have finished what they run' },
    { line: 'bbf want --workers=3 --for=2h', what: 'for two hours, whatever the document says' },
    { line: 'bbf want --workers=2 --pool=arm --cluster=ci', what: 'of another pool and cluster' },
  ],
  run: async (call, program) => (await import('../cluster/want.ts')).want(call, program),
};
