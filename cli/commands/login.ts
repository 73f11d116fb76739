/** `bbf login` */
import { type Command, clusterFlag } from '../command.ts';

export const loginCommand: Command = {
  name: 'login',
  summary: 'get the certificate that builds use, and say who you are',
  description: 'Builds do this by themselves; this one throws away what is kept and shows what is wrong.',
  arguments: [],
  flags: [clusterFlag],
  examples: [],
  run: async (call, program) => (await import('../access/login.ts')).login(call, program),
};
