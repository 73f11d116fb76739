/** A key as the path of a URL. Keys come from listings too, and whoever may write one object of a prefix chooses its name. */

/** Whether a URL could name it: `..` and `.` climb, also percent-encoded (WHATWG URL, "double-dot URL path segment"). */
export const isNameable = (key: string): boolean => !key.split('/').some((part) => part === '.' || part === '..');

/** @throws Error for a key that would mean another object */
export function objectPath(key: string): string {
  if (!isNameable(key))
    throw new Error(`no request is made for the key ${JSON.stringify(key)}: it climbs out of its prefix`);
  return key.split('/').map(escaped).join('/');
}

/** All but unreserved characters, as S3 computes the signature of a path. */
const escaped = (part: string) =>
  encodeURIComponent(part).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
