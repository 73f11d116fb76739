/** A small tree of what bbf waits for: redrawn where a person looks at it, else one line for each change. */

import type { Colors } from './colors.ts';
import { elapsed } from './elapsed.ts';
import { drawer } from './screen.ts';
import type { Stream } from './terminal.ts';

export interface ProgressLine {
  /** Names the line from one showing to the next. */
  key: string;
  state: 'done' | 'busy' | 'waiting' | 'failed';
  text: string;
}

interface Progress {
  /** Replaces what was shown before. */
  show(title: string, lines: readonly ProgressLine[]): void;
  /** Leaves the last state on the screen and stops redrawing. Calling it twice is harmless. */
  end(): void;
}

const silentProgress: Progress = { show: () => {}, end: () => {} };

export function openProgress(stream: Stream, now: () => number, quiet = false): Progress {
  if (quiet) return silentProgress;
  return stream.interactive ? redrawn(stream, now) : printed(stream, now);
}

/** When each line took its state, so that each has its own time. */
interface Timed {
  line: ProgressLine;
  since: number;
  until: number | undefined;
}

function timed(known: Map<string, Timed>, lines: readonly ProgressLine[], now: number): Map<string, Timed> {
  return new Map(
    lines.map((line) => {
      const before = known.get(line.key);
      const finished = line.state === 'done' || line.state === 'failed';
      const wasFinished = before?.until !== undefined;
      const since = before === undefined || (wasFinished && !finished) ? now : before.since;
      return [line.key, { line, since, until: finished ? (before?.until ?? now) : undefined }];
    }),
  );
}

function printed(stream: Stream, now: () => number): Progress {
  const startedAt = now();
  const titles = new Set<string>();
  const shown = new Map<string, string>();
  return {
    show: (title, lines) => {
      // An estimate that comes is news; that it is over and the title as it was is none.
      if (!titles.has(title)) stream.write(`${title}\n`);
      titles.add(title);
      for (const { key, state, text } of lines) {
        if (shown.get(key) === `${state} ${text}`) continue;
        shown.set(key, `${state} ${text}`);
        stream.write(`  ${marks[state].plain} ${text} [${elapsed(now() - startedAt)}]\n`);
      }
    },
    end: () => {},
  };
}

const marks = {
  done: { plain: 'ok  ', shown: '✔' },
  busy: { plain: '... ', shown: '' },
  waiting: { plain: 'wait', shown: '·' },
  failed: { plain: 'FAIL', shown: '✖' },
};
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;

function redrawn(stream: Stream, now: () => number): Progress {
  let known = new Map<string, Timed>();
  let title = '';
  let write = drawer(stream);
  let timer: NodeJS.Timeout | undefined;
  const draw = (frame: string) => {
    const entries = fitting([...known.values()]);
    write([title, ...entries.map((entry) => drawn(entry, frame, now(), stream.colors))]);
  };
  const drawNow = () => draw(spinner[Math.floor(now() / FRAME_MS) % spinner.length] ?? '');
  return {
    show: (newTitle, lines) => {
      title = newTitle;
      known = timed(known, lines, now());
      drawNow();
      timer ??= setInterval(drawNow, FRAME_MS).unref();
    },
    end: () => {
      // What was still under way does not spin any more.
      if (timer !== undefined) draw(marks.waiting.shown);
      clearInterval(timer);
      timer = undefined;
      write = drawer(stream);
    },
  };
}

/** A tree higher than the screen can't be redrawn. */
const LINES_MOST = 12;

/** Of many lines, what is done is counted in one, and the newest of the others are shown. */
function fitting(entries: readonly Timed[]): Timed[] {
  if (entries.length <= LINES_MOST) return [...entries];
  const open = entries.filter(({ line }) => line.state !== 'done');
  const done = entries.filter(({ line }) => line.state === 'done');
  const since = Math.min(...done.map((entry) => entry.since));
  const until = Math.max(...done.map((entry) => entry.until ?? entry.since));
  const sum: Timed = { line: { key: 'done', state: 'done', text: `${done.length} done` }, since, until };
  return [...(done.length > 0 ? [sum] : []), ...open.slice(1 - LINES_MOST)];
}

function drawn({ line, since, until }: Timed, frame: string, now: number, colors: Colors): string {
  const paint = { done: colors.green, busy: colors.cyan, waiting: colors.dim, failed: colors.red }[line.state];
  const mark = line.state === 'busy' ? frame : marks[line.state].shown;
  return `  ${paint(mark)} ${line.text} ${colors.dim(`[${elapsed((until ?? now) - since)}]`)}`;
}
