/** `bbf completion SHELL` */
import type { Command } from '../command.ts';

export const completionCommand: Command = {
  name: 'completion',
  summary: 'print the completion script of a shell: bash, zsh or fish',
  arguments: [{ name: 'SHELL', required: true, summary: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
  contextless: true,
  flags: [],
  examples: [
    { line: 'source <(bbf completion bash)', what: 'for this shell; in ~/.bashrc for every one' },
    { line: 'bbf completion fish > ~/.config/fish/completions/bbf.fish', what: 'for fish' },
  ],
  run: async (call, program) => (await import('../completion/completion-command.ts')).completionCommand(call, program),
};
