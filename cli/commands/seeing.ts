/** Commands that show what a cluster does. */
import { type Command, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const cluster = { name: 'CLUSTER', required: false, summary: 'the cluster (default: main)' };

export const seeingCommands: Command[] = [
  {
    name: 'top',
    summary: 'show the workers of a cluster and how busy each is',
    arguments: [cluster],
    flags: [{ name: 'watch', summary: 'go on, with every change' }, ...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf top --watch', what: 'the busiest first' }],
    run: async (call, program) => (await import('../seeing/top.ts')).top(call, program),
  },
  {
    name: 'logs',
    summary: 'print what the server, the workers or the reconciler wrote',
    arguments: [
      {
        name: 'WHAT',
        required: false,
        summary:
          'server, reconciler, a pool, or a worker (its name or the beginning of it); default: server and workers',
      },
    ],
    flags: [
      { name: 'follow', short: 'f', summary: 'go on with what is written' },
      { name: 'since', value: 'DURATION', summary: 'how far to look back (default: 10m)' },
      ...jsonFlags,
      clusterFlag,
    ],
    examples: [
      { line: 'bbf logs server -f', what: 'until Ctrl-C' },
      { line: 'bbf logs reconciler --since=1h', what: 'why it did what it did' },
    ],
    run: async (call, program) => (await import('../seeing/logs.ts')).logs(call, program),
  },
  {
    name: 'events',
    summary: 'list what the reconciler did and what changed, oldest first',
    arguments: [cluster],
    flags: [
      { name: 'follow', short: 'f', summary: 'go on with what happens' },
      { name: 'limit', value: 'N', summary: 'look back over N versions of the status (default: 30)' },
      ...jsonFlags,
      clusterFlag,
    ],
    examples: [{ line: 'bbf events -f', what: 'until Ctrl-C' }],
    run: async (call, program) => (await import('../seeing/events.ts')).events(call, program),
  },
];
