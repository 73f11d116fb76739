/** Where the farm is, as status says, for connections that come many at once and while S3 may be silent. */
import type { StatusReader } from '../cluster/status-reader.ts';

/** The answer of one look is good for all that ask in this time. */
const ENDPOINT_AGE_MS = 1000;

interface RecentEndpoint {
  /** Told by whoever has looked itself. */
  found(endpoint: string): void;
  /** The last one that was known where none can be read, such as with keys that have ended meanwhile: the farm needs none. */
  endpoint(): Promise<string | null>;
}

export function recentEndpoint(readStatus: StatusReader, now: () => number): RecentEndpoint {
  let last: string | undefined;
  let known: { at: number; answer: Promise<string | null> } | undefined;
  const look = async (): Promise<string | null> => {
    try {
      const endpoint = (await readStatus())?.endpoint ?? null;
      last = endpoint ?? last;
      return endpoint;
    } catch (error) {
      if (last === undefined) throw error;
      return last;
    }
  };
  return {
    found: (endpoint) => {
      last = endpoint;
      known = { at: now(), answer: Promise.resolve(endpoint) };
    },
    endpoint: () => {
      if (known === undefined || now() - known.at > ENDPOINT_AGE_MS) known = { at: now(), answer: look() };
      return known.answer;
    },
  };
}
