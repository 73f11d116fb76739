/** Lifecycle rules as XML. A part that the local cloud would not act upon is refused. */
import { ServiceError } from '../kernel.ts';
import type { XmlValue } from '../wire/xml.ts';
import { notImplemented } from './core.ts';
import type { LifecycleRule } from './lifecycle.ts';
import { present } from './request.ts';

type Element = Record<string, unknown>;

const KNOWN = [
  'ID',
  'Status',
  'Filter',
  'Prefix',
  'Expiration',
  'NoncurrentVersionExpiration',
  'AbortIncompleteMultipartUpload',
];

export function lifecycleFromXml(rule: Element, index: number): LifecycleRule {
  const other = Object.keys(rule).find((name) => !KNOWN.includes(name));
  if (other) throw notImplemented(`lifecycle rules with ${other}`);
  const inner = (name: string) => (typeof rule[name] === 'object' ? rule[name] : {}) as Element;
  const expiration = inner('Expiration');
  if (expiration.Date !== undefined) throw notImplemented('lifecycle rules with Expiration.Date');
  return {
    id: String(rule.ID ?? `rule-${index + 1}`),
    enabled: rule.Status === 'Enabled',
    prefix: prefixOf(rule),
    ...present({
      expirationDays: days(expiration.Days),
      noncurrentDays: days(inner('NoncurrentVersionExpiration').NoncurrentDays),
      newerNoncurrentVersions: days(inner('NoncurrentVersionExpiration').NewerNoncurrentVersions),
      abortUploadDays: days(inner('AbortIncompleteMultipartUpload').DaysAfterInitiation),
      expiredDeleteMarkers: expiration.ExpiredObjectDeleteMarker === 'true' || undefined,
    }),
  };
}

export function lifecycleToXml(rule: LifecycleRule): XmlValue {
  const { expirationDays, expiredDeleteMarkers, noncurrentDays, newerNoncurrentVersions, abortUploadDays } = rule;
  const expires = expirationDays !== undefined || expiredDeleteMarkers;
  return {
    ID: rule.id,
    Filter: { Prefix: rule.prefix },
    Status: rule.enabled ? 'Enabled' : 'Disabled',
    Expiration: expires ? { Days: expirationDays, ExpiredObjectDeleteMarker: expiredDeleteMarkers } : undefined,
    NoncurrentVersionExpiration:
      noncurrentDays === undefined
        ? undefined
        : { NoncurrentDays: noncurrentDays, NewerNoncurrentVersions: newerNoncurrentVersions },
    AbortIncompleteMultipartUpload:
      abortUploadDays === undefined ? undefined : { DaysAfterInitiation: abortUploadDays },
  };
}

function prefixOf(rule: Element): string {
  const filter = (typeof rule.Filter === 'object' ? rule.Filter : {}) as Element;
  const other = Object.keys(filter).find((name) => name !== 'Prefix');
  if (other) throw notImplemented(`lifecycle filters by ${other}`);
  return String(filter.Prefix ?? rule.Prefix ?? '');
}

function days(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(String(text))) return Number(text);
  throw new ServiceError('InvalidArgument', `'Days' in a lifecycle rule must be a positive integer, not ${text}`);
}
