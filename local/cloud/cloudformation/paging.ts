/** Pages of a list. A token names the place where the next page begins. */
import { invalid } from './errors.ts';

interface Page<T> {
  items: T[];
  NextToken: string | undefined;
}

export function page<T>(all: readonly T[], token: string | undefined, size: number): Page<T> {
  const from = token ? Number(Buffer.from(token, 'base64url').toString()) : 0;
  if (!Number.isInteger(from) || from < 0 || from > all.length) throw invalid('The provided NextToken is not valid.');
  const to = from + size;
  return {
    items: all.slice(from, to),
    NextToken: to < all.length ? Buffer.from(String(to)).toString('base64url') : undefined,
  };
}
