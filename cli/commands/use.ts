/** `bbf use [CONTEXT]` and `bbf contexts` */
import { type Command, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

export const useCommand: Command = {
  name: 'use',
  summary: 'choose the installation that commands talk to, or show it',
  arguments: [
    { name: 'CONTEXT', required: false, known: 'contexts', summary: 'a context, as bbf contexts lists them' },
  ],
  contextless: true,
  flags: [],
  examples: [{ line: 'bbf use local', what: 'the local cloud of this machine' }],
  run: async (call, program) => (await import('../context/use.ts')).use(call, program),
};

export const contextsCommand: Command = {
  name: 'contexts',
  summary: 'list the installations that this machine knows',
  arguments: [],
  contextless: true,
  flags: [...jsonFlags],
  examples: [],
  run: async (call, program) => (await import('../context/use.ts')).contexts(call, program),
};

export const configCommand: Command = {
  name: 'config',
  summary: 'show every setting with its value, and who says so',
  description:
    'The command line comes first (--context, --cluster, --profile), then the environment (BBF_CONTEXT, BBF_CLUSTER, AWS_PROFILE, …), then the nearest .bbf.json upwards, then config.json of the user.',
  arguments: [],
  flags: [clusterFlag, ...jsonFlags],
  examples: [{ line: 'bbf config', what: 'why it talks to that installation' }],
  yields: true,
  run: async (call, program) => (await import('../context/config-command.ts')).configCommand(call, program),
};
