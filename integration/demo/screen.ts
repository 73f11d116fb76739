/** The demo's screen: one line for each step, with a moving clock on a terminal and plain lines elsewhere. */
import pc from 'picocolors';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 90;

export interface Screen {
  title(text: string): void;
  /** Runs a step and shows how long it took; `detail` may change while it runs. */
  step<T>(text: string, run: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  table(head: string[], rows: string[][]): void;
  say(text: string): void;
}

export function openScreen(stream: NodeJS.WriteStream, startedAt: number): Screen {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
  const write = (text: string) => stream.write(text);
  const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
  const clip = (text: string) => text.slice(0, Math.max(20, (stream.columns ?? 100) - 4));

  return {
    title: (text) => write(`\n${pc.bold(text)}\n\n`),
    say: (text) => write(`${text}\n`),
    async step(text, run) {
      const began = Date.now();
      let detail = '';
      let frame = 0;
      const draw = () => {
        frame += 1;
        const note = detail ? pc.dim(` · ${detail}`) : '';
        write(`\r\x1b[2K ${pc.cyan(FRAMES[frame % FRAMES.length] ?? '')} ${clip(`${text} ${seconds(began)}${note}`)}`);
      };
      const timer = live ? setInterval(draw, FRAME_MS) : undefined;
      const end = (mark: string) => {
        clearInterval(timer);
        const clock = pc.dim(`[${seconds(startedAt).padStart(7)}]`);
        write(`${live ? '\r\x1b[2K' : ''} ${mark} ${clock} ${text} ${pc.dim(seconds(began))}\n`);
      };
      try {
        const result = await run((next) => {
          detail = next;
        });
        end(pc.green('✓'));
        return result;
      } catch (error) {
        end(pc.red('✗'));
        throw error;
      }
    },
    table(head, rows) {
      const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
      const line = (cells: string[]) =>
        cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ');
      write(`\n   ${pc.dim(line(head))}\n${rows.map((row) => `   ${line(row)}\n`).join('')}\n`);
    },
  };
}
