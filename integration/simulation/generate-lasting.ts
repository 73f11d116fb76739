/** Draws what no calm ends: a right to write or to read that is missing for ever, a stack that can not be made, no capacity, no events, a clock that is wrong. */
import type { Draw } from './draw.ts';
import type { Story } from './story.ts';

type Change = (story: Story, draw: Draw, part: string, at: number) => Partial<Story>;

const denied: Change = ({ faults }, draw, _, from) => {
  const point = draw.pick(['stacks.create', 'stacks.update', 'stacks.remove', 'services.setDesiredCount']);
  return { faults: [...faults, { point, kind: 'denied', from, times: null, lasting: true }] };
};

const brokenStack: Change = ({ stackFaults = [] }, draw, part, from) => {
  const operation = draw.pick(['create', 'update', 'delete'] as const);
  return { stackFaults: [...stackFaults, { part, operation, from, times: null, lasting: true }] };
};

const noCapacity: Change = ({ steps }, _, part, at) => ({
  steps: [
    ...steps,
    { at, do: 'placement', part, reason: 'Capacity is unavailable at this time', lasting: true } as const,
  ],
});

const noEvents: Change = ({ steps }, _, __, at) => ({
  steps: [...steps, { at, do: 'events', lost: 1, lasting: true } as const],
});

const wrongClock: Change = ({ steps }, draw, _, at) => ({
  steps: [...steps, { at, do: 'clock', skewMs: draw.pick([-4_000, 4_000]), lasting: true } as const],
});

/** A right to read that is missing for ever, from some moment on. */
export function withUnreadable(story: Story, draw: Draw): Story {
  const point = draw.pick([
    ...['documents.read:lease', 'documents.read:activity', 'documents.read:cluster'],
    ...['services.describe', 'stacks.read', 'stacks.list'],
  ]);
  const from = draw.int(0, story.calmAt);
  return { ...story, faults: [...story.faults, { point, kind: 'denied', from, times: null, lasting: true }] };
}

export function withLastingFault(story: Story, draw: Draw, pools: readonly string[]): Story {
  const change = draw.pick([denied, brokenStack, noCapacity, noEvents, wrongClock]);
  const changed = { ...story, ...change(story, draw, draw.pick(['server', ...pools]), draw.int(0, story.calmAt)) };
  return { ...changed, steps: changed.steps.toSorted((a, b) => a.at - b.at) };
}
