/** Where bbf begins: what is always the same is answered at once, and the rest is loaded for everything else. */
import { fstatSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { asksForNoColor } from './output/no-color.ts';
import { type QuickAnswers, quickQuestion } from './quick-answers.ts';

/** The bundler puts them here; sources have none. */
declare const BBF_QUICK_ANSWERS: QuickAnswers;

const question = typeof BBF_QUICK_ANSWERS === 'undefined' ? undefined : quickQuestion(process.argv.slice(2));
if (question === undefined) void import('./main.ts').then(({ main }) => main(import.meta.filename));
else print(isColored() ? BBF_QUICK_ANSWERS[question] : stripVTControlCharacters(BBF_QUICK_ANSWERS[question]));

/** As openTerminal decides it. Only a character device can be a terminal, and to ask whether it is one loads much of Node. */
function isColored(): boolean {
  return (
    !asksForNoColor(process.env) && fstatSync(1).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(1)
  );
}

/** Past process.stdout, which takes longer to make than all else here; it is there for a reader that is slow or gone. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    process.stdout
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
      })
      .write(bytes.subarray(written));
  }
}
