/** Commands for those who call Bazel themselves. */
import { analysisCommands, farmCommands } from '../bazel/commands.ts';
import { type Command, clusterFlag, type Flag, quietFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const pool: Flag = {
  name: 'pool',
  value: 'NAME',
  known: 'pools',
  summary: 'the pool (default: default, or the only one)',
};
const bazel: Flag = { name: 'bazel_bin', value: 'PATH', summary: 'the Bazel that will read these flags' };

export const bazelHelpers: Command[] = [
  {
    name: 'flags',
    summary: 'print the flags that bbf adds to a Bazel command line',
    description: 'Those of ~/.config/bbf/bazelrc come last and win; what you type comes behind both.',
    arguments: [
      {
        name: 'COMMAND',
        required: false,
        summary: 'build, test, run, coverage, aquery or cquery (default: build)',
        choices: [...farmCommands, ...analysisCommands],
      },
    ],
    flags: [pool, bazel, ...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf flags test', what: 'for bbf test' }],
    run: async (call, program) => (await import('../bazel/flags-command.ts')).flagsCommand(call, program),
  },
  {
    name: 'bazelrc',
    summary: 'print a .bazelrc fragment for bazel build --config=bbf',
    description:
      'For an IDE, or for Bazel without bbf. Bazel 3.1 and newer can show the client certificate themselves; with --port it goes through bbf keep, which works with any. Your own flags of ~/.config/bbf/bazelrc come behind those of bbf, each for its command.',
    arguments: [],
    flags: [
      { name: 'port', value: 'N', summary: 'the port of bbf keep, instead of TLS by Bazel' },
      { name: 'output', short: 'o', value: 'FILE', summary: 'write it there' },
      pool,
      bazel,
      clusterFlag,
    ],
    examples: [{ line: 'bbf bazelrc --port=8980 -o bbf.bazelrc', what: 'then import it in .bazelrc' }],
    run: async (call, program) => (await import('../bazel/bazelrc.ts')).bazelrc(call, program),
  },
  {
    name: 'keep',
    summary: 'keep workers, and a port of this machine that leads to the farm, for a while',
    description:
      'It ends with its terminal, after nohup too, which Node undoes at its start. What outlives the terminal, on Linux: setsid bbf keep --port=8980 > keep.log 2>&1 &',
    arguments: [],
    flags: [
      { name: 'for', value: 'DURATION', summary: 'how long (default: 2h)' },
      { name: 'workers', value: 'N', summary: 'at least N workers (default: 1)' },
      { name: 'port', value: 'N', summary: 'the port on 127.0.0.1 (default: any that is free)' },
      { name: 'timeout', value: 'DURATION', summary: 'give up waiting for the farm after this long (default: 10m)' },
      quietFlag,
      pool,
      clusterFlag,
    ],
    examples: [{ line: 'bbf keep --for 2h --port=8980', what: 'until then, or Ctrl-C' }],
    run: async (call, program) => (await import('../bazel/keep.ts')).keep(call, program),
  },
];
