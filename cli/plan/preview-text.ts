/** A plan as a person reads it. */

import type { Colors } from '../output/colors.ts';
import { changeText } from '../output/diff.ts';
import { fromNow } from '../output/elapsed.ts';
import { paragraph } from '../output/paragraph.ts';
import { table } from '../output/table.ts';
import type { CountChange, PlannedAction, Preview } from './preview.ts';

export function previewText(preview: Preview, file: string | undefined, width: number, colors: Colors): string {
  const { edits, waits, next, unread } = preview;
  const now = Date.parse(preview.at);
  const open = waits.map(({ text, reason }) => `${text} (${reason})`);
  const lines = [
    `${colors.bold(preview.cluster)}: ${headline(preview, file, colors)}`,
    ...preview.actions.flatMap((action, index) => actionLines(action, index + 1, width, colors)),
    ...section('spec', edits.map(changeText), width, colors),
    '',
    ...table(rows(preview, colors)).map((row) => `  ${row}`),
    ...section('after this pass, still open', open, width, colors),
    ...section('could not be read, so this is no more than a guess', unread.map(colors.red), width, colors),
    ...(next === null ? [] : ['', `  next ${fromNow(next.at, now)}: ${next.what}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ actions, changes, waits }: Preview, file: string | undefined, colors: Colors): string {
  const when = file === undefined ? 'a pass would now' : `with ${file}, the first pass would`;
  if (actions.length > 0)
    return `${when} do ${colors.yellow(actions.length === 1 ? 'one thing' : `${actions.length} things`)}`;
  if (!changes) return `${when} do ${colors.green('nothing')}`;
  return `${when} do nothing ${colors.yellow('yet')}${waits.length > 0 ? '; what it waits for is below' : ''}`;
}

function actionLines(action: PlannedAction, number: number, width: number, colors: Colors): string[] {
  const evidence = evidenceTexts(action);
  const why = `${action.reason}: ${action.meaning}${evidence.length > 0 ? ` [${evidence.join(', ')}]` : ''}`;
  return [
    `  ${number}. ${colors.bold(action.words)}`,
    ...paragraph(why, width - 5).map((line) => `     ${colors.dim(line)}`),
  ];
}

/** The numbers that were compared; the end of a hash tells two apart no better than its beginning, and a first try is no news. */
function evidenceTexts({ evidence }: PlannedAction): string[] {
  const shown = (value: unknown) => String(value).replace(/^(v\d+-[0-9a-f]{8})[0-9a-f]{24}$/, '$1…');
  return Object.entries(evidence)
    .filter(([name, value]) => value !== null && value !== '' && !(name === 'attempt' && value === 1))
    .map(([name, value]) => `${name} ${shown(value)}`);
}

function rows({ server, pools, usdPerHour }: Preview, colors: Colors): string[][] {
  const usd = (value: number) => value.toFixed(4).replace(/0{1,2}$/, '');
  const change = (before: string | number, after: string | number) =>
    `${before} → ${before === after ? after : colors.bold(String(after))}`;
  const row = (name: string, one: CountChange) => [name, change(one.before, one.after), note(one)];
  return [
    row('server', server),
    ...Object.entries(pools).map(([name, counts]) => row(`pool ${name}`, counts)),
    ['cost', change(usd(usdPerHour.before), usd(usdPerHour.after)), 'USD/h at list price'],
  ];
}

function note({ because, afterPass, after }: CountChange): string {
  return afterPass === after ? because : `${because}; ${afterPass} after this pass`;
}

function section(title: string, texts: string[], width: number, colors: Colors): string[] {
  if (texts.length === 0) return [];
  const lines = texts.flatMap((text) =>
    paragraph(text, width - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`),
  );
  return ['', `  ${colors.dim(title)}`, ...lines];
}
