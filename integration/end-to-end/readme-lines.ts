/** What the README tells people to type: lines of its blocks of shell, and the commands of its table of tasks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { root } from '../programs.ts';

/** Flags alone and names of things are no commands. */
const COMMAND = /^(bbf|npm|aws|eval|cd) /;

/** In their order, each once, without what a comment says of it. */
export function readmeLines(): string[] {
  const lines: string[] = [];
  walkTokens(lexer(readFileSync(join(root, 'README.md'), 'utf8')), (token: Token) => {
    if (token.type === 'code' && (token as Tokens.Code).lang === 'sh')
      lines.push(...(token as Tokens.Code).text.split('\n'));
    if (token.type === 'table' && isOfTasks(token as Tokens.Table)) lines.push(...typedIn(token as Tokens.Table));
  });
  return [...new Set(lines.map((line) => line.replace(/\s+#.*/, '')))].filter((line) => COMMAND.test(line));
}

const isOfTasks = ({ header }: Tokens.Table) => header.at(-1)?.text === 'type';

const typedIn = ({ rows }: Tokens.Table): string[] =>
  rows.flatMap((cells) =>
    (cells.at(-1)?.tokens ?? []).flatMap((token) => (token.type === 'codespan' ? (token as Tokens.Codespan).text : [])),
  );
