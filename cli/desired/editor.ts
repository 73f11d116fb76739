/** The user's editor, as git runs it: a shell takes its flags apart, and keys that would end bbf are the editor's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../failure.ts';
import { catchSignals, type EndingSignal, Interrupted, isEnding, signalExitCode } from '../interrupt.ts';
import type { Settings } from '../settings.ts';

/** More than a program and its flags: a shell has to stay. */
const SHELL_STAYS = /[;&|<>()\n]|^\s*(:|\w+=)/;

/** A shell that stays must outlive the keys too; a trap that does something is none of its children's. */
const commandOf = (editor: string) =>
  SHELL_STAYS.test(editor) ? `trap : INT QUIT; ${editor} "$@"` : `exec ${editor} "$@"`;

/** Sent by a terminal to everyone in front, and of use to most editors. */
const KEYS: readonly EndingSignal[] = ['SIGINT', 'SIGQUIT'];

/**
 * Resolves once it has ended well.
 * @throws Failure (system) where it fails, Interrupted where a signal ended it; the file stays
 */
export async function openEditor(
  { file, cluster }: { file: string; cluster: string },
  settings: Pick<Settings, 'editor' | 'editorFrom' | 'childEnvironment'>,
): Promise<void> {
  const { code, signal } = await run(file, settings);
  if (isEnding(signal)) throw new Interrupted(signal, `nothing was written, and your text is in ${file}`);
  if (code === 0) return;
  throw new Failure('system', `the editor (${settings.editor}) ended with ${code ?? signal}; nothing was written`, {
    next: `${settings.editorFrom ?? 'EDITOR'}=vi bbf edit ${cluster}; your text is in ${file}`,
  });
}

interface End {
  code: number | null;
  /** What ended it, or bbf, which then passed it on. */
  signal: NodeJS.Signals | null;
}

async function run(
  file: string,
  { editor, childEnvironment }: Pick<Settings, 'editor' | 'childEnvironment'>,
): Promise<End> {
  let told: EndingSignal | undefined;
  const child = spawn('/bin/sh', ['-c', commandOf(editor), editor, file], {
    stdio: 'inherit',
    env: childEnvironment,
  });
  const stopCatching = catchSignals((name) => {
    if (KEYS.includes(name)) return;
    told = name;
    child.kill(name);
  });
  const [code, signal] = (await once(child, 'exit').finally(stopCatching)) as [number | null, NodeJS.Signals | null];
  // So a shell tells what ended its child.
  const ofShell = KEYS.find((name) => signalExitCode(name) === code);
  return { code, signal: told ?? signal ?? ofShell ?? null };
}
