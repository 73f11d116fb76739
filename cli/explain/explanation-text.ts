/** An explanation as one paragraph for people. */

import type { Colors } from '../output/colors.ts';
import { elapsed, fromNow } from '../output/elapsed.ts';
import { folded } from '../output/fold.ts';
import { paragraph } from '../output/paragraph.ts';
import type { ClusterState, Explanation } from './explain.ts';
import type { Finding } from './finding.ts';

/** Completes "main is …". */
export const STATES: Record<ClusterState, string> = {
  unknown: 'in an unknown state',
  invalid: 'held: its newest document is not in force',
  suspended: 'suspended',
  stalled: 'stalled, and needs a person',
  deleting: 'being deleted',
  deleted: 'deleted',
  asleep: 'asleep',
  ready: 'ready',
  converging: 'on its way to what is wanted',
};

export function explanationText(explanation: Explanation, width: number, colors: Colors): string {
  const { cluster, state, findings, facts, next } = explanation;
  const now = Date.parse(explanation.at);
  const sentences = [
    ...findings.map((one) => findingSentence(one, now)),
    ...facts.map((fact) => withoutInstants(fact, now)),
    ...(next === null ? [] : [nextSentence(next, now)]),
  ];
  const text = [`${cluster} is ${STATES[state]}.`, ...sentences.map(sentence)].join(' ');
  const lines = paragraph(text, width);
  const remedies = [...new Set(findings.flatMap(({ remedy }) => remedy ?? []))];
  const paint = PAINTS[state];
  // The colour goes on after wrapping, which counts letters.
  const painted = lines.map((line, index) =>
    index === 0 ? line.replace(STATES[state], (words) => colors[paint](words)) : line,
  );
  return `${[...painted, ...remedies.map((remedy) => folded(`  try: ${remedy}`, width))].join('\n')}\n`;
}

export const PAINTS: Record<ClusterState, 'green' | 'yellow' | 'red'> = {
  unknown: 'yellow',
  invalid: 'red',
  suspended: 'yellow',
  stalled: 'red',
  deleting: 'yellow',
  deleted: 'green',
  asleep: 'green',
  ready: 'green',
  converging: 'yellow',
};

function findingSentence({ text, reason, since }: Finding, now: number): string {
  const age = since === null ? 0 : now - Date.parse(since);
  const long = age >= 1000 ? `, for ${elapsed(age)}` : '';
  return `${withoutInstants(text, now)} (${reason}${long})`;
}

function nextSentence(next: { at: string | null; what: string }, now: number): string {
  return next.at === null ? `next: ${next.what}` : `next, ${fromNow(next.at, now)} at the latest: ${next.what}`;
}

/** People count from now. */
function withoutInstants(text: string, now: number): string {
  return text.replaceAll(/(since )?(\d{4}-\d\d-\d\dT[\d:.]+Z)/g, (_, since: string | undefined, instant: string) => {
    const distance = now - Date.parse(instant);
    return since === undefined || distance < 0 ? fromNow(instant, now) : `for ${elapsed(distance)}`;
  });
}

function sentence(text: string): string {
  // A name, a path or a field keeps its letters.
  const begun = /^[a-z]+[ ,:]/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
