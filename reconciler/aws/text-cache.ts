/** Remembers documents by key, as many as fit: what was remembered longest ago goes first. */
import type { Document } from '../ports.ts';

interface Limits {
  entries: number;
  /** Of all texts together, UTF-16 units. */
  characters: number;
}

interface TextCache<T extends Document> {
  get(key: string): T | undefined;
  set(key: string, document: T): void;
}

/** One that is bigger than all may be is remembered alone. */
export function textCache<T extends Document>(limits: Limits): TextCache<T> {
  const known = new Map<string, T>();
  let characters = 0;
  function forget(key: string): void {
    characters -= known.get(key)?.text.length ?? 0;
    known.delete(key);
  }
  return {
    get: (key) => known.get(key),
    set(key, document) {
      forget(key);
      known.set(key, document);
      characters += document.text.length;
      for (const oldest of known.keys()) {
        if (oldest === key || (known.size <= limits.entries && characters <= limits.characters)) return;
        forget(oldest);
      }
    },
  };
}
