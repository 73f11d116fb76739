/** `bbf local up`, `down`, `status` and `env` */
import type { Command, Flag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const stateFlag: Flag = {
  name: 'state',
  value: 'DIR',
  summary: 'where it keeps its state (default: where the one of context local does)',
};

export const localCommands: Command[] = [
  {
    name: 'local up',
    summary: 'start the local cloud and set bbf up in it',
    description:
      'The AWS services that bbf uses, on one port of this machine, with the farm as processes or containers. Needs no account.',
    arguments: [],
    contextless: true,
    flags: [
      { name: 'port', value: 'N', summary: 'the port on 127.0.0.1 (default: as the last time, at first 4599)' },
      {
        name: 'tasks',
        value: 'KIND',
        choices: ['processes', 'docker'],
        summary: 'what tasks are: processes, or docker for containers (default: as the last time, at first processes)',
      },
      stateFlag,
    ],
    examples: [{ line: 'bbf local up && bbf create && bbf build //...', what: 'a first build' }],
    run: async (call, program) => (await import('../local/up.ts')).up(call, program),
  },
  {
    name: 'local down',
    summary: 'stop the local cloud and the farm that it runs',
    arguments: [],
    contextless: true,
    flags: [
      stateFlag,
      { name: 'delete-data', summary: 'delete its state as well' },
      { name: 'yes', summary: 'do not ask' },
    ],
    examples: [],
    run: async (call, program) => (await import('../local/down.ts')).down(call, program),
  },
  {
    name: 'local status',
    summary: 'say whether the local cloud is up',
    arguments: [],
    contextless: true,
    flags: [stateFlag, ...jsonFlags],
    examples: [],
    run: async (call, program) => (await import('../local/down.ts')).localStatus(call, program),
  },
  {
    name: 'local env',
    summary: 'print the variables that point the AWS CLI at the local cloud',
    description:
      'For sh, bash and zsh. It unsets what AWS clients prefer: the token of a session, a profile. An AWS CLI before 2.13, such as that of Debian 12, does not know AWS_ENDPOINT_URL and asks AWS itself: give it --endpoint-url. In fish: bbf local env | string replace -r "^unset" "set -e" | source',
    arguments: [],
    contextless: true,
    flags: [],
    examples: [
      {
        line: 'eval "$(bbf local env)" && aws --endpoint-url "$AWS_ENDPOINT_URL" s3 ls',
        what: 'look inside; from AWS CLI 2.13 or 1.29 on, without --endpoint-url',
      },
    ],
    run: async (call, program) => (await import('../local/down.ts')).localEnv(call, program),
  },
];
