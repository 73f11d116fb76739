/** What keeps queued actions from every pool, in words. */
import type { Activity } from '../../config-schema/documents.ts';
import { printable } from '../output/printable.ts';

/** Goes on after a sentence about these actions: `; the oldest asks for OSFamily=windows`. Empty where the farm does not tell. */
export function unmatchedText({ pools, unmatched = [] }: Activity): string {
  if (unmatched.length === 0) return '';
  const who = pools['']?.queued === 1 ? 'it' : 'the oldest';
  return `; ${who} asks for ${printable(unmatched)
    .map(({ name, value }) => `${name}=${value}`)
    .join(', ')}`;
}
