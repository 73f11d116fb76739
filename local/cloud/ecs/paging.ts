/** Pages of lists: a token is the offset of the next page. */
import { invalidParameter } from './failures.ts';

export interface PageInput {
  maxResults?: number;
  nextToken?: string;
}

/** @param longest both the greatest size of a page and, unless `usual` is given, its usual one */
export function pageOf<T>(all: T[], input: PageInput, longest: number, usual = longest) {
  const size = input.maxResults ?? usual;
  if (size < 1 || size > longest) throw invalidParameter(`maxResults should be between 1 and ${longest}.`);
  const start = offsetOf(input.nextToken);
  const end = start + size;
  return { items: all.slice(start, end), nextToken: end < all.length ? encode(end) : undefined };
}

const encode = (offset: number) => Buffer.from(`after ${offset}`).toString('base64url');

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (offset === undefined) throw invalidParameter('Invalid token');
  return Number(offset);
}
