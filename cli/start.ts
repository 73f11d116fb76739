/** Where bbf begins: what is always the same is answered at once, and the rest is loaded for everything else. */
import { fstatSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cacheDirectory } from './cache-directory.ts';
import { directWriter } from './output/direct-writer.ts';
import { asksForNoColor } from './output/no-color.ts';
import { type QuickAnswers, quickQuestion } from './quick-answers.ts';

/** The bundler puts them here; sources have none. */
declare const BBF_QUICK_ANSWERS: QuickAnswers;

const question = typeof BBF_QUICK_ANSWERS === 'undefined' ? undefined : quickQuestion(process.argv.slice(2));
if (question === undefined) run();
else print(BBF_QUICK_ANSWERS[question]);

function run(): void {
  keepCompiled();
  void import('./main.ts').then(({ main }) => main(import.meta.filename));
}

/** From Node 22 on, what was compiled is there already the next time. A directory that can't be written is no failure. */
function keepCompiled(): void {
  const { enableCompileCache } = module as { enableCompileCache?: (directory: string) => unknown };
  enableCompileCache?.(join(cacheDirectory(process.env), 'compiled'));
}

function print(text: string): void {
  directWriter(1, () => process.stdout)(isColored() ? text : stripVTControlCharacters(text));
}

/** As openTerminal decides it. Only a character device can be a terminal, and to ask whether it is one loads much of Node. */
function isColored(): boolean {
  return (
    !asksForNoColor(process.env) && fstatSync(1).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(1)
  );
}
