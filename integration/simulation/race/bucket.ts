/** The bucket as far as a race needs it: conditional writes and deletes by ETag, and LastModified in whole seconds, as S3 has them. */
import { etagOf, type State, type Stored } from './state.ts';

interface ListedObject {
  key: string;
  text: number;
  at: number;
}

/** In the order of S3: by the bytes of the key. */
export function listed(state: State, prefix: string): ListedObject[] {
  const keys = Object.keys(state.objects).filter((key) => key.startsWith(prefix));
  return keys.sort().map((key) => ({ key, ...(state.objects[key] as Stored) }));
}

export function put(state: State, key: string, text: number): State {
  const at = Math.floor(state.now / 1000) * 1000;
  // In the order of keys, so that equal buckets are equal values.
  const entries = Object.entries({ ...state.objects, [key]: { text, at } }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...state, objects: Object.fromEntries(entries) };
}

export function removed(state: State, key: string): State {
  const { [key]: _, ...objects } = state.objects;
  return { ...state, objects };
}

/** `etag` null: only where nothing is. Answers the state as it was, and false, where the condition does not hold (412, 404). */
export function putIf(state: State, key: string, text: number, etag: string | null): { state: State; done: boolean } {
  return holds(state, key, etag) ? { state: put(state, key, text), done: true } : { state, done: false };
}

export function removedIf(state: State, key: string, etag: string): State {
  return holds(state, key, etag) ? removed(state, key) : state;
}

function holds(state: State, key: string, etag: string | null): boolean {
  const current = state.objects[key];
  return etag === null ? current === undefined : current !== undefined && etagOf(current.text) === etag;
}
