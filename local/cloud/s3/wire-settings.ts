/** The settings of a bucket over the wire. */
import type { WireResponse } from '../kernel.ts';
import { bodyText } from '../wire/answer.ts';
import { restXmlAnswer } from '../wire/rest-xml.ts';
import { listOf, parseXml, type XmlValue } from '../wire/xml.ts';
import { notImplemented } from './core.ts';
import { lifecycleFromXml, lifecycleToXml } from './lifecycle-xml.ts';
import type { S3Request } from './request.ts';
import type { S3 } from './s3.ts';
import type { BucketSettings } from './state.ts';
import type { S3Routes } from './wire.ts';
import { EMPTY_OK, NO_CONTENT } from './wire-buckets.ts';

type Element = Record<string, unknown>;

/** Encryption that S3 applies where nothing was set (user guide, "Setting default server-side encryption"). */
const DEFAULT_ENCRYPTION = [
  { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: 'false' },
];

export function settingRoutes(s3: S3): S3Routes {
  const verbs = settingVerbs(s3);
  return { ...accessRoutes(s3, verbs), ...keepingRoutes(s3, verbs) };
}

type Verbs = ReturnType<typeof settingVerbs>;

/** What the routes of all settings do alike. */
function settingVerbs(s3: S3) {
  const xml = ({ wire }: S3Request) => parseXml(bodyText(wire));
  const get = <Name extends keyof BucketSettings>(request: S3Request, setting: Name) =>
    s3.getBucketSetting({ bucket: request.bucket, setting });
  const removing =
    (setting: keyof BucketSettings) =>
    (request: S3Request): WireResponse => {
      s3.deleteBucketSetting({ bucket: request.bucket, setting });
      return NO_CONTENT;
    };
  const putting =
    (put: (bucket: string, document: Element, request: S3Request) => void, status: 200 | 204 = 200) =>
    (request: S3Request): WireResponse => {
      put(request.bucket, xml(request), request);
      return status === 200 ? EMPTY_OK : NO_CONTENT;
    };
  return { get, removing, putting };
}

/** Who may do what: kept, not evaluated. */
function accessRoutes(s3: S3, { get, removing, putting }: Verbs): S3Routes {
  return {
    'PUT bucket ?policy': ({ bucket, wire }) => {
      s3.putBucketPolicy({ bucket, policy: bodyText(wire) });
      return NO_CONTENT;
    },
    'GET bucket ?policy': (request) => {
      const headers = { 'content-type': 'application/json' };
      return { status: 200, headers, body: get(request, 'policy') ?? '' };
    },
    'DELETE bucket ?policy': removing('policy'),
    'PUT bucket ?publicAccessBlock': putting((bucket, document) => {
      const names = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
      s3.putPublicAccessBlock({
        bucket,
        block: Object.fromEntries(names.map((name) => [name, document[name] === 'true'])),
      });
    }),
    'GET bucket ?publicAccessBlock': (request) =>
      restXmlAnswer('PublicAccessBlockConfiguration', get(request, 'publicAccessBlock') ?? {}),
    'DELETE bucket ?publicAccessBlock': removing('publicAccessBlock'),
    'PUT bucket ?ownershipControls': putting((bucket, { Rule }) => {
      s3.putBucketOwnershipControls({ bucket, ownership: String((Rule as Element).ObjectOwnership) });
    }),
    'GET bucket ?ownershipControls': (request) =>
      restXmlAnswer('OwnershipControls', { Rule: { ObjectOwnership: get(request, 'ownership') } }),
    'DELETE bucket ?ownershipControls': removing('ownership'),
  };
}

/** How objects are kept and for how long, what they are marked with, who is told. */
function keepingRoutes(s3: S3, { get, removing, putting }: Verbs): S3Routes {
  return {
    'PUT bucket ?versioning': putting((bucket, { Status, MfaDelete }) => {
      if (MfaDelete === 'Enabled') throw notImplemented('MfaDelete');
      s3.putBucketVersioning({ bucket, status: String(Status) });
    }),
    'GET bucket ?versioning': ({ bucket }) =>
      restXmlAnswer('VersioningConfiguration', { Status: s3.getBucketVersioning({ bucket }) }),
    'PUT bucket ?encryption': putting((bucket, { Rule }) =>
      s3.putBucketEncryption({ bucket, rules: listOf<Element>(Rule) }),
    ),
    'GET bucket ?encryption': (request) => {
      const rules = (get(request, 'encryption') ?? DEFAULT_ENCRYPTION) as XmlValue;
      return restXmlAnswer('ServerSideEncryptionConfiguration', { Rule: rules });
    },
    'DELETE bucket ?encryption': removing('encryption'),
    'PUT bucket ?tagging': putting((bucket, { TagSet }) => {
      const tags = listOf<{ Key: string; Value: string }>((TagSet as Element | undefined)?.Tag);
      s3.putBucketTagging({ bucket, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) });
    }, 204),
    'GET bucket ?tagging': (request) => {
      const tags = Object.entries(get(request, 'tags') ?? {}).map(([Key, Value]) => ({ Key, Value }));
      return restXmlAnswer('Tagging', { TagSet: { Tag: tags } });
    },
    'DELETE bucket ?tagging': removing('tags'),
    'PUT bucket ?notification': putting((bucket, document) => {
      const other = Object.keys(document).find((name) => name !== 'EventBridgeConfiguration');
      if (other) throw notImplemented(`notifications by ${other}`);
      s3.putBucketNotification({ bucket, eventBridge: 'EventBridgeConfiguration' in document });
    }),
    'GET bucket ?notification': (request) =>
      restXmlAnswer('NotificationConfiguration', get(request, 'eventBridge') ? { EventBridgeConfiguration: '' } : {}),
    'PUT bucket ?lifecycle': putting((bucket, { Rule }) => {
      s3.putBucketLifecycle({ bucket, rules: listOf<Element>(Rule).map(lifecycleFromXml) });
    }),
    'GET bucket ?lifecycle': (request) =>
      restXmlAnswer('LifecycleConfiguration', { Rule: (get(request, 'lifecycle') ?? []).map(lifecycleToXml) }),
    'DELETE bucket ?lifecycle': removing('lifecycle'),
  };
}
