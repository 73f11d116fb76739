/** S3's codec: finds the operation by method, address and sub-resource. */
import { ServiceError, type WireHandler, type WireRequest, type WireResponse } from '../kernel.ts';
import { requestId } from '../wire/answer.ts';
import { restXmlError } from '../wire/rest-xml.ts';
import { notImplemented } from './core.ts';
import { addressOf, checkOwner, refuseUnknownHeaders, type S3Request } from './request.ts';
import type { S3 } from './s3.ts';
import { bucketRoutes } from './wire-buckets.ts';
import { listingRoutes } from './wire-listing.ts';
import { multipartRoutes } from './wire-multipart.ts';
import { objectRoutes } from './wire-objects.ts';
import { settingRoutes } from './wire-settings.ts';

/** `METHOD level`, and for a sub-resource ` ?names`, in alphabetical order, e.g. `PUT object ?partNumber&uploadId`. */
export type S3Routes = Record<string, (request: S3Request) => WireResponse>;

/** Names in the query that choose an operation; all others are its parameters. */
const SUBRESOURCES = new Set(
  `accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle list-type
   location logging metadata metadataConfiguration metadataTable metrics notification object-lock ownershipControls partNumber policy
   policyStatus publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent uploadId uploads
   versioning versions website abac`.split(/\s+/),
);

export function createS3Wire(s3: S3): WireHandler {
  const routes: S3Routes = {
    ...bucketRoutes(s3),
    ...settingRoutes(s3),
    ...objectRoutes(s3),
    ...multipartRoutes(s3),
    ...listingRoutes(s3),
  };
  return async (wire, caller) => {
    try {
      const request = { ...addressOf(wire), caller };
      const route = routes[routeName(request)];
      if (!route) throw notImplemented(routeName(request));
      refuseUnknownHeaders(request);
      checkOwner(request, caller.account);
      return route(request);
    } catch (error) {
      if (error instanceof ServiceError)
        return withMarkerHeaders(s3, wire, restXmlError(error, requestId(wire), wire.method));
      throw error;
    }
  };
}

function routeName({ wire, bucket, key, query, headers }: Omit<S3Request, 'caller'>): string {
  const level = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service';
  const names = [...new Set(query.keys())].filter((name) => SUBRESOURCES.has(name)).sort();
  const subresource = names.length > 0 ? ` ?${names.join('&')}` : '';
  const copy = headers['x-amz-copy-source'] !== undefined ? ' from a copy source' : '';
  return `${wire.method} ${level}${subresource}${copy}`;
}

/** "If the current version of the object is a delete marker, S3 behaves as if the object was deleted and includes x-amz-delete-marker: true". */
function withMarkerHeaders(s3: S3, wire: WireRequest, response: WireResponse): WireResponse {
  if (response.status !== 404 || !['GET', 'HEAD'].includes(wire.method)) return response;
  const { bucket, key } = addressOf(wire);
  const newest = s3.state.buckets[bucket]?.objects[key]?.[0];
  if (!newest?.deleteMarker) return response;
  const headers = { ...response.headers, 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.versionId };
  return { ...response, headers };
}
