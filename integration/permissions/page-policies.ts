/** The policies that a page of the documentation shows: JSON blocks, by the heading that they stand under. */
import type { PolicyDocument } from './evaluate.ts';

type Word = 'ACCOUNT' | 'REGION' | 'BUCKET' | 'INSTALLATION';

/** @param values in place of the capital words that the page leaves to its reader */
export function policiesOfPage(page: string, values: Record<Word, string>): Record<string, PolicyDocument> {
  const found: Record<string, PolicyDocument> = {};
  let heading = '';
  for (const part of page.split(/^(?=#+ |```)/m)) {
    heading = /^#+ (.*)$/m.exec(part.startsWith('#') ? part : '')?.[1] ?? heading;
    const json = /^```json\n([\s\S]*?)$/.exec(part)?.[1];
    if (json?.includes('"Statement"')) found[heading] = JSON.parse(filled(json, values)) as PolicyDocument;
  }
  return found;
}

const filled = (text: string, values: Record<string, string>) =>
  Object.entries(values).reduce((sum, [word, value]) => sum.replaceAll(word, value), text);
