/** Commands that show what a cluster does. */
import { type Command, clusterArgument, clusterFlag, type Flag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

/** What of a history is shown: the newest so many of those not older than this; with --follow, before it goes on. */
const window = (sinceDefault: string, limitDefault: string): Flag[] => [
  { name: 'since', value: 'DURATION', summary: `how far to look back (default: ${sinceDefault})` },
  { name: 'limit', value: 'N', summary: `the newest N of these (default: ${limitDefault})` },
];

export const seeingCommands: Command[] = [
  {
    name: 'clusters',
    summary: 'list the clusters of an installation: what each has and costs, and why it is as it is',
    arguments: [],
    flags: [...jsonFlags],
    examples: [
      { line: 'bbf clusters', what: 'one line for each; a star is at the one that commands mean' },
      { line: "bbf clusters --jq '.items[].name'", what: 'only their names' },
    ],
    run: async (call, program) => (await import('../seeing/clusters.ts')).clusters(call, program),
  },
  {
    name: 'top',
    summary: 'show the workers of a cluster, how busy each is, and what it runs',
    arguments: [clusterArgument],
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
        choices: ['server', 'reconciler'],
        known: 'pools',
      },
    ],
    flags: [
      { name: 'follow', short: 'f', summary: 'go on with what is written' },
      ...window('10m', '100000'),
      ...jsonFlags,
      clusterFlag,
    ],
    examples: [
      { line: 'bbf logs server -f', what: 'until Ctrl-C' },
      { line: 'bbf logs reconciler --since=1h', what: 'why it did what it did' },
      { line: 'bbf logs --since=1d --limit=20', what: 'the last 20 lines of the farm' },
    ],
    run: async (call, program) => (await import('../seeing/logs.ts')).logs(call, program),
  },
  {
    name: 'events',
    summary: 'list what the reconciler did and what changed, oldest first',
    arguments: [clusterArgument],
    flags: [
      { name: 'follow', short: 'f', summary: 'go on with what happens' },
      ...window('as far as S3 keeps them', '30'),
      ...jsonFlags,
      clusterFlag,
    ],
    examples: [
      { line: 'bbf events -f', what: 'until Ctrl-C' },
      { line: 'bbf events --since=1h --limit=100', what: 'of the last hour' },
    ],
    run: async (call, program) => (await import('../seeing/events.ts')).events(call, program),
  },
];
