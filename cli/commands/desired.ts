/** Commands that read and write the document of a cluster. */
import {
  type Argument,
  type Command,
  clusterArgument,
  clusterFlag,
  type Flag,
  reasonFlag,
  waitFlags,
} from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const output = (fallback: string): Flag => ({
  name: 'output',
  short: 'o',
  value: 'FORMAT',
  choices: ['json', 'yaml'],
  summary: `json or yaml (default: ${fallback})`,
});
const revision: Argument = {
  name: 'REV',
  required: false,
  known: 'revisions',
  summary: 'a revision (default: @~1, the one before the newest)',
};

export const desiredCommands: Command[] = [
  {
    name: 'get',
    summary: 'print the document of a cluster',
    arguments: [clusterArgument],
    flags: [
      output('json, as it was written'),
      {
        name: 'revision',
        value: 'REV',
        known: 'revisions',
        summary: 'an older revision: the beginning of its id, or @~N for N edits ago',
      },
      clusterFlag,
    ],
    examples: [
      { line: 'bbf get -o yaml', what: 'to read' },
      { line: 'bbf get > cluster.json', what: 'to keep in git' },
    ],
    run: async (call, program) => (await import('../desired/get.ts')).get(call, program),
  },
  {
    name: 'apply',
    summary: 'write a file as the document of its cluster, and wait until it is carried out',
    description:
      'JSON or YAML. A cluster that is not there is created. What others wrote meanwhile stays, unless they changed the same field. A plan that was saved with bbf plan --out is carried out exactly, or refused when the document has been written since, or in another installation.',
    arguments: [{ ...clusterArgument, summary: 'must be the one that FILE names' }],
    flags: [
      { name: 'file', short: 'f', value: 'FILE', summary: 'the document or the plan (-: standard input)' },
      { name: 'dry-run', summary: 'show what would change, and write nothing' },
      reasonFlag,
      { ...clusterFlag, summary: 'the cluster (default: the one that FILE names)' },
      ...waitFlags(),
    ],
    examples: [
      { line: 'bbf apply -f cluster.yaml', what: 'the whole document' },
      { line: 'bbf apply -f cluster.yaml --dry-run', what: 'what it would change' },
    ],
    run: async (call, program) => (await import('../desired/apply.ts')).apply(call, program),
  },
  {
    name: 'edit',
    summary: 'change the document of a cluster in your editor',
    description:
      'VISUAL or EDITOR, else vi. The document is checked before it is written, and opened again with what is wrong.',
    arguments: [clusterArgument],
    flags: [output('yaml'), reasonFlag, clusterFlag, ...waitFlags()],
    examples: [{ line: 'EDITOR=nano bbf edit', what: 'save and leave to write' }],
    run: async (call, program) => (await import('../desired/edit.ts')).edit(call, program),
  },
  {
    name: 'history',
    summary: 'list who wrote the document of a cluster, when, why, and what changed',
    arguments: [clusterArgument],
    flags: [{ name: 'limit', value: 'N', summary: 'the newest N revisions (default: 10)' }, ...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf history --limit=3', what: 'the last three edits' }],
    run: async (call, program) => (await import('../desired/history.ts')).history(call, program),
  },
  {
    name: 'diff',
    summary: 'show what is different between two revisions of a cluster',
    arguments: [
      { ...revision, name: 'FROM' },
      { ...revision, name: 'TO', summary: 'a revision (default: @~0, the newest)' },
    ],
    flags: [...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf diff @~3', what: 'the last three edits together' }],
    run: async (call, program) => (await import('../desired/diff-command.ts')).diffCommand(call, program),
  },
  {
    name: 'rollback',
    summary: 'give a cluster the spec of an older revision again',
    arguments: [revision],
    flags: [reasonFlag, clusterFlag, ...waitFlags()],
    examples: [{ line: 'bbf rollback', what: 'take the last edit back' }],
    run: async (call, program) => (await import('../desired/rollback.ts')).rollback(call, program),
  },
  {
    name: 'suspend',
    summary: 'let the reconciler change nothing of a cluster; it still reports',
    arguments: [clusterArgument],
    flags: [reasonFlag, clusterFlag, ...waitFlags()],
    examples: [
      { line: 'bbf suspend --reason="debugging a worker"', what: 'from when it ends until bbf resume nothing changes' },
    ],
    run: async (call, program) => (await import('../desired/suspend.ts')).suspend(call, program),
  },
  {
    name: 'resume',
    summary: 'let the reconciler work on a cluster again',
    arguments: [clusterArgument],
    flags: [reasonFlag, clusterFlag, ...waitFlags()],
    examples: [{ line: 'bbf resume', what: 'and wait until all is as the document says' }],
    run: async (call, program) => (await import('../desired/suspend.ts')).resume(call, program),
  },
];
