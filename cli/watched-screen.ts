/** `--watch`: as JSON, and where nobody looks, what is new; on a screen also how time passes. */
import type { Call, Program } from './command.ts';
import { wantsJson, writeJson } from './output/json.ts';
import { openScreen } from './output/screen.ts';
import { watching } from './watching.ts';

/** Of what is watched. */
interface Watched<T> {
  look(): Promise<T>;
  /** `before`: undefined at first. */
  isNews(seen: T, before: T | undefined): boolean;
  /** What there was is gone. */
  isEnd?(seen: T, before: T | undefined): boolean;
  /** Null where there is nothing to show. */
  json(seen: T): object | null;
  /** Empty where there is nothing to show. */
  text(seen: T): string;
}

/** Between two looks. */
const WATCH_MS = 1000;

/** Ends with Ctrl-C, with what is watched, or with whoever reads it. */
export function watchingScreen<T>(watched: Watched<T>, call: Call, program: Program): Promise<number> {
  const { result } = program.terminal;
  const screen = openScreen(result);
  const inJson = wantsJson(call);
  const isDrawn = result.interactive && !inJson;
  let before: T | undefined;
  const show = async (seen: T) => {
    const json = inJson ? watched.json(seen) : null;
    if (json !== null) await writeJson(json, call, program);
    const text = inJson ? '' : watched.text(seen);
    if (text !== '') screen.show(text);
  };
  const each = async (seen: T) => {
    if (watched.isEnd?.(seen, before)) return true;
    if (isDrawn || watched.isNews(seen, before)) await show(seen);
    before = seen;
    return false;
  };
  const unanswered = (why: string) => screen.show((before === undefined ? '' : watched.text(before)) + why);
  return watching(() => watched.look(), each, WATCH_MS, program, isDrawn ? unanswered : undefined);
}
