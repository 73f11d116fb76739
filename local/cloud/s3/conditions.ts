/** Preconditions of reads, writes and deletes: what S3 answers when they fail, and with which status. */
import { ServiceError } from '../kernel.ts';
import { noSuchKey, notImplemented } from './core.ts';
import type { ObjectVersion } from './state.ts';

export interface WriteConditions {
  /** An ETag, quoted or not. */
  ifMatch?: string;
  /** Only `*`. */
  ifNoneMatch?: string;
}

export interface ReadConditions extends WriteConditions {
  /** Milliseconds since the epoch. */
  ifModifiedSince?: number;
  ifUnmodifiedSince?: number;
}

/** User guide, "How to prevent object overwrites with conditional writes": only the current version counts. */
export function checkWrite(
  key: string,
  current: ObjectVersion | undefined,
  conditions: WriteConditions,
  conflicts: () => boolean,
): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw notImplemented('If-Match beside If-None-Match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw notImplemented(`If-None-Match: ${ifNoneMatch} of a write`);
  if (ifMatch === '*') throw notImplemented('If-Match: * of a write');
  if (conflicts()) throw conflict(key);
  if (ifNoneMatch && current) throw preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

/** User guide, "How to perform conditional deletes". */
export function checkDelete(
  key: string,
  current: ObjectVersion | undefined,
  ifMatch: string | undefined,
  conflicts: () => boolean,
): void {
  if (ifMatch === undefined) return;
  if (conflicts()) throw conflict(key);
  if (!current) throw noSuchKey(key);
  if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

/** GetObject's own order: a match overrules the time beside it (RFC 9110, section 13.2.2). */
export function checkRead(version: ObjectVersion, conditions: ReadConditions): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && version.modifiedAt > ifUnmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, version.etag)) throw notModified();
  } else if (ifModifiedSince !== undefined && version.modifiedAt <= ifModifiedSince) {
    throw notModified();
  }
}

/** A list of ETags or `*`; quotes and weakness don't count. */
function matches(condition: string, etag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return condition.trim() === '*' || condition.split(',').some((one) => bare(one) === bare(etag));
}

function preconditionFailed(condition: string): ServiceError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new ServiceError('PreconditionFailed', message, 412, { Condition: condition });
}

function conflict(key: string): ServiceError {
  const message = 'The conditional request cannot succeed due to a conflicting operation against this resource.';
  return new ServiceError('ConditionalRequestConflict', message, 409, { Condition: 'If-Match', Key: key });
}

const notModified = () => new ServiceError('NotModified', 'Not Modified', 304);
