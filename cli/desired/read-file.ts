/** Text from a file, or from standard input where the file is called `-`. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Failure } from '../failure.ts';

/** For people. */
export const inputName = (file: string): string => (file === '-' ? 'standard input' : file);

export const documentIn = (file: string): string =>
  file === '-' ? 'the document from standard input' : `the document in ${file}`;

/** @param said by the file @param next what to type instead */
export const ofAnotherCluster = (file: string, said: string, named: string, next: string): Failure =>
  new Failure('usage', `${inputName(file)} is of cluster ${said}, and ${named} was named`, { next });

/** Windows puts one; of the readers of a document one drops it, and another does not. */
export const withoutByteOrderMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Without a byte order mark. @throws Failure (notFound) */
export async function readFileOrInput(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return withoutByteOrderMark(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Failure('notFound', `${file} can't be read: ${(error as Error).message}`, { next: `ls -l ${file}` });
  }
}
