/** `bbf completion SHELL` */
import type { Command } from '../command.ts';

export const completionCommand: Command = {
  name: 'completion',
  summary: 'print the completion script of a shell: bash, zsh or fish',
  arguments: [{ name: 'SHELL', required: true, summary: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
  contextless: true,
  flags: [{ name: 'for', value: 'NAME', summary: 'for what you call bbf as well, such as bazel (default: bbf)' }],
  examples: [
    { line: 'source <(bbf completion bash)', what: 'for this shell; in ~/.bashrc for every one' },
    { line: 'source <(bbf completion bash --for=bazel)', what: 'with alias bazel=bbf' },
    { line: 'bbf completion fish > ~/.config/fish/completions/bbf.fish', what: 'for fish' },
  ],
  run: async (call, program) => (await import('../completion/completion-command.ts')).completionCommand(call, program),
};
