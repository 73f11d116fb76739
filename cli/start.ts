/** Where bbf begins: what is always the same is answered at once, and the rest is loaded for everything else. */
import { fstatSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cacheDirectory } from './cache-directory.ts';
import { describeFailure } from './failure.ts';
import { requireKept } from './kept-code.ts';
import { directWriter } from './output/direct-writer.ts';
import { foldedHelp } from './output/fold.ts';
import { asksForNoColor } from './output/no-color.ts';
import { type QuickAnswers, quickQuestion } from './quick-answers.ts';

/** The bundler puts them here; sources have none. */
declare const BBF_QUICK_ANSWERS: QuickAnswers;
/** Of the files in dist/daily. */
declare const BBF_DAILY_CODE: string;

const question = typeof BBF_QUICK_ANSWERS === 'undefined' ? undefined : quickQuestion(process.argv.slice(2));
if (question === undefined) run();
else print(BBF_QUICK_ANSWERS[question]);

function run(): void {
  const compiled = join(cacheDirectory(process.env), 'compiled');
  useCompileCache(compiled);
  void program(compiled).then(({ main }) => main(import.meta.filename));
}

/** Node's own, which it has from version 22 on, for what is loaded by Node. A directory that can't be written is no failure. */
function useCompileCache(directory: string): void {
  const { enableCompileCache } = module as { enableCompileCache?: (directory: string) => unknown };
  enableCompileCache?.(directory);
}

/** All that is not the start, which in the bundle lies in files of its own. */
async function program(compiled: string): Promise<typeof import('./main.ts')> {
  if (typeof BBF_DAILY_CODE === 'undefined') return import('./main.ts');
  const folder = join(dirname(import.meta.filename), 'daily');
  const directory = join(compiled, `daily-${process.version}-${process.arch}`);
  return requireKept(folder, { directory, code: BBF_DAILY_CODE })('main.cjs') as typeof import('./main.ts');
}

/** As a terminal of openTerminal does. Only a character device can be one, and to ask whether it is loads much of Node. */
function print(text: string): void {
  const isTerminal = fstatSync(1).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(1);
  const shown = isTerminal ? foldedHelp(text, process.stdout.columns || 80) : text;
  const isColored = isTerminal && !asksForNoColor(process.env);
  try {
    directWriter(1, () => process.stdout).write(isColored ? shown : stripVTControlCharacters(shown));
  } catch (error) {
    const { lines, exitCode } = describeFailure(error);
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exitCode = exitCode;
  }
}
