/** A program in a terminal of its own: what a person would see on the screen, and keys that they press. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import xterm from '@xterm/headless';
import { quoted } from '../../cli/output/quoted.ts';
import { until } from '../installation.ts';

interface TerminalSession {
  /** The lines of the screen and of what has scrolled out of it, without empty ones at the end. */
  lines(): Promise<string[]>;
  /** Those of them that were wider than the screen, which broke them where it ended: what came after the break. */
  broken(): Promise<string[]>;
  /** Everything that was written, with its control sequences. */
  raw(): string;
  /** Looks until the screen has such a line. */
  shows(line: RegExp): Promise<void>;
  type(keys: string): void;
  /** Exit code. */
  ended: Promise<number>;
}

export const CTRL_C = '\u0003';
const SCRIPT = '/usr/bin/script';
/** For a test that is left out. */
export const missingScript = existsSync(SCRIPT) ? undefined : 'script is not installed (apt-get install bsdutils)';

const ROWS = 30;

export function openTerminal(
  command: string[],
  { columns = 100, ...options }: { env: Record<string, string>; cwd?: string; columns?: number },
) {
  // `exec`: a shell that stayed in front would die by the Ctrl-C itself.
  const line = `stty cols ${columns} rows ${ROWS}; exec ${command.map(quoted).join(' ')}`;
  const child = spawn(SCRIPT, ['-qec', line, '/dev/null'], {
    ...options,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = new xterm.Terminal({ cols: columns, rows: ROWS, scrollback: 1000, allowProposedApi: true });
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    screen.write(text);
  });
  const rows = async () => {
    await new Promise<void>((resolve) => screen.write('', resolve));
    const { active } = screen.buffer;
    const row = (at: number) => {
      const line = active.getLine(at);
      return { text: line?.translateToString(true) ?? '', isWrapped: line?.isWrapped === true };
    };
    return Array.from({ length: active.length }, (_, at) => row(at));
  };
  const lines = async () => {
    const seen = (await rows()).map(({ text }) => text);
    return seen.slice(0, seen.findLastIndex((text) => text !== '') + 1);
  };
  const session: TerminalSession = {
    lines,
    broken: async () => (await rows()).filter(({ isWrapped }) => isWrapped).map(({ text }) => text),
    raw: () => raw,
    shows: async (wanted) => {
      await until(`a line like ${wanted}`, async () =>
        (await lines()).some((text) => wanted.test(text)) ? true : undefined,
      );
    },
    type: (keys) => void child.stdin.write(keys),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? -1));
    }),
  };
  return session;
}

/**
 * The same text on any day and machine: times, addresses, revisions and the frame of a spinner become words. An estimate is there only
 * for who waits long enough.
 */
export function normalised(line: string): string {
  return line
    .replace(/, which usually takes .*/, '')
    .replaceAll(/\[(?:\d+h )?(?:\d+m )?\d+[sm]\]/g, '[TIME]')
    .replaceAll(/\b(?:\d+h )?(?:\d+m )?\d+s\b/g, 'TIME')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\dZ/g, 'INSTANT')
    .replaceAll(/\b\d+\.\d+\.\d+\.\d+:\d+\b/g, 'ADDRESS')
    .replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '*')
    .replaceAll(/(?<![\w.])[\w.]{32}(?![\w.])/g, 'REVISION');
}
