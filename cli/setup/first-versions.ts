/** A bucket whose versioning is new may not answer with what was just written to it: the function's code is waited for. */
import type { AwsAccess } from '../aws/access.ts';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { GOES_ON_FROM_HERE, interruptible } from '../interrupt.ts';
import { tellOnce } from '../output/notes.ts';
import { isBundleThere } from './bundle.ts';

/**
 * S3 user guide, "Enabling versioning on buckets": up to 15 minutes until the change has reached all of S3, in which what is written may
 * be no version, and asking for it may bring NoSuchKey.
 */
const KNOWN_WITHIN_MINUTES = 15;
const LOOK_MS = 5_000;
/** As parts of S3 know earlier than others. */
export const LOOKS_AT_NEW_VERSIONS = 3;

interface AwaitedBundle {
  access: AwsAccess;
  bucket: string;
  key: string;
  /** In a row. */
  looks: number;
}

/** @throws Failure (unavailable) where S3 does not answer with it in time */
export async function awaitBundle(bundle: AwaitedBundle, { terminal, now, sleep }: Program): Promise<void> {
  const until = now() + KNOWN_WITHIN_MINUTES * 60_000;
  let inRow = 0;
  const tell = tellOnce((text) => terminal.notes.write(text));
  for (;;) {
    inRow = (await isBundleThere(bundle.access, bundle.bucket, bundle.key)) ? inRow + 1 : 0;
    if (inRow >= bundle.looks) return;
    if (now() >= until) throw tooLate(bundle);
    if (inRow === 0)
      tell(
        `waits: S3 does not answer with ${bundle.key} yet; the versions of a new bucket take up to ${KNOWN_WITHIN_MINUTES} minutes\n`,
      );
    await interruptible((signal) => sleep(LOOK_MS, signal), GOES_ON_FROM_HERE);
  }
}

const tooLate = ({ bucket, key }: AwaitedBundle) =>
  new Failure(
    'unavailable',
    `S3 does not answer with ${key} in bucket ${bucket} after ${KNOWN_WITHIN_MINUTES} minutes`,
    { next: 'the same again, which goes on from here' },
  );
