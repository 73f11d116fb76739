/** Timers by key, the earliest first and of equal ones the one set first: a binary heap, so that many cost little. */

interface Timer {
  key: string;
  /** Milliseconds since the epoch. */
  at: number;
  run: () => void;
}

interface Entry extends Timer {
  order: number;
  /** False once it was replaced, cancelled or taken; such entries leave the heap when they come to its top. */
  live: boolean;
}

interface Timers {
  /** One timer for each key: a second one replaces the first. */
  set(key: string, at: number, run: () => void): void;
  cancel(key: string): void;
  nextAt(): number | undefined;
  /** Removes and answers the earliest timer if it is due by `until`. */
  takeDue(until: number): Timer | undefined;
}

export function createTimers(): Timers {
  const byKey = new Map<string, Entry>();
  const heap: Entry[] = [];
  let order = 0;

  function cancel(key: string): void {
    const entry = byKey.get(key);
    if (!entry) return;
    entry.live = false;
    byKey.delete(key);
  }
  function top(): Entry | undefined {
    for (;;) {
      const first = heap[0];
      if (!first || first.live) return first;
      removeTop(heap);
    }
  }
  return {
    set(key, at, run) {
      cancel(key);
      const entry: Entry = { key, at, run, order: order++, live: true };
      byKey.set(key, entry);
      add(heap, entry);
    },
    cancel,
    nextAt: () => top()?.at,
    takeDue(until) {
      const entry = top();
      if (!entry || entry.at > until) return undefined;
      removeTop(heap);
      byKey.delete(entry.key);
      return entry;
    },
  };
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** The new entry rises until its parent is earlier. */
function add(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

/** The last entry takes the top's place and sinks until both below it are later. */
function removeTop(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    let least = left;
    if (right < heap.length && isBefore(heap[right] as Entry, heap[left] as Entry)) least = right;
    const below = heap[least];
    if (!below || !isBefore(below, last)) break;
    heap[index] = below;
    index = least;
  }
  heap[index] = last;
}
