/** `bbf ca show` and `bbf ca rotate` */
import type { Command } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

const showCommand: Command = {
  name: 'ca show',
  summary: 'show the certificate authorities that this installation trusts',
  description: 'Which one signs, which are trusted, and until when. Their keys never leave the reconciler.',
  arguments: [],
  flags: [...jsonFlags],
  examples: [{ line: 'bbf ca show', what: 'name, state, dates and fingerprint of each' }],
  run: async (call, program) => (await import('../ca/show.ts')).showAuthorities(call, program),
};

const rotateCommand: Command = {
  name: 'ca rotate',
  summary: 'have another certificate authority take over',
  description:
    'The new one is trusted at once, signs a day later, and the old one is forgotten another day after. No build notices.',
  arguments: [],
  flags: [{ name: 'yes', summary: 'do not ask' }],
  examples: [{ line: 'bbf ca rotate --yes', what: 'without a question' }],
  run: async (call, program) => (await import('../ca/rotate.ts')).rotate(call, program),
};

export const caCommands: Command[] = [showCommand, rotateCommand];
