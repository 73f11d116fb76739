/** Buckets over the wire. */
import type { WireResponse } from '../kernel.ts';
import { bodyText } from '../wire/answer.ts';
import { restXmlAnswer } from '../wire/rest-xml.ts';
import { parseXml } from '../wire/xml.ts';
import { present } from './request.ts';
import type { S3 } from './s3.ts';
import type { S3Routes } from './wire.ts';

export const NO_CONTENT: WireResponse = { status: 204, headers: {}, body: '' };
export const EMPTY_OK: WireResponse = { status: 200, headers: {}, body: '' };

/** The canonical id that stands for the one account of the local cloud. */
export const OWNER = {
  ID: '75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a',
  DisplayName: 'local-cloud',
};

export function bucketRoutes(s3: S3): S3Routes {
  return {
    'GET service': ({ query }) => {
      const buckets = s3.listBuckets(present({ prefix: query.get('prefix') }));
      const listed = buckets.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt).toISOString(),
      }));
      return restXmlAnswer('ListAllMyBucketsResult', { Owner: OWNER, Buckets: { Bucket: listed } });
    },
    'PUT bucket': ({ wire, bucket }) => {
      const { LocationConstraint } = parseBody(bodyText(wire));
      s3.createBucket({ bucket, ...present({ locationConstraint: LocationConstraint as string | undefined }) });
      return { status: 200, headers: { location: `/${bucket}` }, body: '' };
    },
    'HEAD bucket': ({ bucket }) => {
      s3.headBucket({ bucket });
      return { status: 200, headers: { 'x-amz-bucket-region': s3.region }, body: '' };
    },
    'DELETE bucket': ({ bucket }) => {
      s3.deleteBucket({ bucket });
      return NO_CONTENT;
    },
    'GET bucket ?location': ({ bucket }) => {
      s3.headBucket({ bucket });
      // us-east-1 is the region without a name here.
      return restXmlAnswer('LocationConstraint', { '#text': s3.region === 'us-east-1' ? '' : s3.region });
    },
  };
}

function parseBody(text: string): Record<string, unknown> {
  return text === '' ? {} : parseXml(text);
}
