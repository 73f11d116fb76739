/** `bbf plan [CLUSTER]` */
import { type Command, clusterArgument, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const summary = 'the cluster (default: the one that FILE names, else main)';

export const planCommand: Command = {
  name: 'plan',
  summary: 'show what the reconciler would do now, or after an edit; changes nothing',
  description:
    'Reads what the reconciler reads and decides as it does. Exit code: 0 nothing to do, 2 something to do, 1 no answer.',
  arguments: [{ ...clusterArgument, summary }],
  flags: [
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      summary: 'a document, JSON or YAML, as if it were written now (-: standard input)',
    },
    { name: 'out', value: 'FILE', summary: 'save the plan of an edit, for bbf apply -f' },
    { ...clusterFlag, summary },
    ...jsonFlags,
  ],
  examples: [
    { line: 'bbf plan', what: 'what the next pass does' },
    { line: 'bbf plan -f cluster.json', what: 'what an edit would do, e.g. in a pull request' },
    { line: 'bbf plan -f cluster.json --out plan.json', what: 'then bbf apply -f plan.json: exactly that, or nothing' },
  ],
  run: async (call, program) => (await import('../plan/plan-command.ts')).planCommand(call, program),
};
