/** Where moto's S3 is not as AWS documents. */
import type { Difference } from './difference.ts';

export const s3Differences: Difference[] = [
  {
    moto: 'The keys s3:if-match and s3:if-none-match are unknown: such a statement refuses every write, without a code in the answer.',
    aws: 'The statement refuses writes that carry neither header, and no others.',
    source: 'S3 User Guide, "Enforce conditional writes on Amazon S3 buckets"',
    answers: {
      'S3 enforced conditional write: refuses what has no condition, and takes what has one': '404 NotFound',
      'S3 enforced conditional write: refuses a copy as well': '403 Unknown',
    },
  },
  {
    moto: 'CopyObject looks at none of its conditions, neither on the source nor on the target.',
    aws: 'If-None-Match: * on the target and x-amz-copy-source-if-match refuse with 412.',
    source: 'S3 API Reference, CopyObject, headers If-None-Match and x-amz-copy-source-if-match',
    answers: {
      'S3 conditional write: COPY If-None-Match: * leaves alone what is there': 'done',
      'S3 conditional write: COPY of a source that has another ETag': 'done',
    },
  },
  {
    moto: 'DeleteObject compares the ETag with the text *.',
    aws: 'If-Match: * deletes whatever is there.',
    source:
      'S3 User Guide, "How to perform conditional deletes", "How to check if your object exists before deleting it"',
    answers: { 'S3 conditional delete: DELETE If-Match: * of what is there': '412 PreconditionFailed' },
  },
  {
    moto: 'DeleteObjects takes no notice of the ETag of a key.',
    aws: 'A key whose ETag is another one stays, and is among the errors.',
    source: 'S3 User Guide, "How to perform conditional deletes", on the member ETag in DeleteObjects',
    answers: {
      'S3 conditional delete: DELETE of many keys checks the ETag of each': {
        deleted: ['a', 'b'],
        refused: [],
        left: '404 NoSuchKey',
      },
    },
  },
  {
    moto: 'Objects are encrypted where somebody asked for it only.',
    aws: 'Since January 2023 every new object is encrypted, with SSE-S3 unless told otherwise.',
    source: 'S3 User Guide, "Setting default server-side encryption behavior for Amazon S3 buckets"',
    answers: { 'S3 object: is encrypted with S3’s own keys though nobody asked for it': undefined },
  },
  {
    moto: 'Bodies are not checked against what the request says of them.',
    aws: 'A body that does not fit its Content-MD5 or checksum is refused with BadDigest.',
    source: 'S3 User Guide, "Checking object integrity for data uploads"; API Reference, "Error responses", BadDigest',
    answers: {
      'S3 object: is refused when its bytes are not those of Content-MD5': 'done',
      'S3 object: is refused when its bytes are not those of its checksum': 'done',
    },
  },
  {
    moto: 'A delete marker counts as no version at all.',
    aws: 'Reading a delete marker by its version id is a 405.',
    source: 'S3 API Reference, GetObject, "Versioning"; User Guide, "Working with delete markers"',
    answers: { 'S3 version: that is a delete marker can’t be read by its id': '404 NoSuchVersion' },
  },
  {
    moto: 'Deleting what is not there leaves no marker.',
    aws: 'A DELETE without a version id inserts a delete marker wherever versioning is on.',
    source: 'S3 API Reference, DeleteObject; User Guide, "Working with delete markers"',
    answers: {
      'S3 version: of what is not there: a delete is no error and leaves a marker': ['done', undefined],
    },
  },
  {
    moto: 'Only the length of a bucket’s name is checked.',
    aws: 'Names consist of lowercase letters, digits, periods and hyphens.',
    source: 'S3 User Guide, "General purpose bucket naming rules"',
    answers: { 'S3 bucket: must have a name by the rules': 'done' },
  },
  {
    moto: 'A new bucket has no settings.',
    aws: 'Since April 2023 new buckets block public access and have ACLs turned off; all buckets encrypt.',
    source: 'S3 User Guide, "Default settings for new S3 buckets FAQ"',
    answers: {
      'S3 bucket: blocks public access, encrypts and enforces its owner from the start':
        '404 NoSuchPublicAccessBlockConfiguration',
    },
  },
  {
    moto: 'NewerNoncurrentVersions of a lifecycle rule is dropped.',
    aws: 'The rule comes back as it was put.',
    source: 'S3 API Reference, NoncurrentVersionExpiration',
    answers: {
      'S3 bucket: keeps its lifecycle rules': ['404 NoSuchLifecycleConfiguration', { NoncurrentDays: 30 }],
    },
  },
  {
    moto: 'GetBucketNotificationConfiguration leaves EventBridge out, though events are sent.',
    aws: 'The answer holds an empty EventBridgeConfiguration.',
    source: 'S3 API Reference, GetBucketNotificationConfiguration, response element EventBridgeConfiguration',
    answers: { 'S3 bucket: sends events to EventBridge once told to': [undefined, undefined] },
  },
  {
    moto: 'UploadPart fails with an exception of its own where the upload is gone.',
    aws: 'The upload is not found: NoSuchUpload.',
    source: 'S3 API Reference, UploadPart, "Special errors"',
    answers: {
      'S3 upload in parts: is no object before it is complete, and never when aborted': ['404 NoSuchKey', '500 Error'],
    },
  },
];
