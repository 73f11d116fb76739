/** The versions of the documents, and what a person does about a document whose version is newer than what this bbf knows. */
import type { Problem } from './documents.ts';

const VERSION = /^bbf\/v([1-9][0-9]*)$/;
const OUR_NUMBER = 1;
export const OUR_VERSION = `bbf/v${OUR_NUMBER}`;

/** What to type. */
export const UPGRADE = 'npm install --global ./bbf-NEW.tgz, then bbf setup';

/** @param apiVersion as it stands in a document of any quality */
export const isNewer = (apiVersion: unknown): boolean => numberOf(apiVersion) > OUR_NUMBER;

/** Also of a problem that the reconciler of an earlier bbf found, who knew fewer versions than this one. */
export const isOfNewer = ({ pointer, seen, expected }: Problem): boolean =>
  pointer === '/apiVersion' && numberOf(unquoted(seen)) > numberOf(unquoted(expected));

/** NaN for what is no version. */
const numberOf = (version: unknown): number =>
  typeof version === 'string' ? Number(VERSION.exec(version)?.[1]) : Number.NaN;

const unquoted = (shown: string | undefined) => shown?.replaceAll('"', '');
