/** The CLI's own client of S3 in the place of the SDK's, so that the cases of the contract are put to it as well. */
import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  GetObjectCommand,
  type GetObjectCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { AwsAccess } from '../../cli/aws/access.ts';
import { type Documents, openDocuments } from '../../cli/documents.ts';
import { startCloudOnPort } from './harness.ts';
import type { Target } from './target.ts';

/** An empty local cloud on a port. What that client has no words for, such as ranges and buckets, goes through the SDK. */
export async function documentsTarget(): Promise<Target & { stop(): Promise<void> }> {
  const cloud = await startCloudOnPort();
  const { endpoint, credentials, stop } = cloud;
  const s3 = { send: throughDocuments({ endpoint, credentials, region: 'us-east-1' }, cloud.s3) };
  return {
    ...cloud,
    s3: s3 as unknown as S3Client,
    stop,
    now: Date.now,
    // Nothing of S3 takes its time.
    settled: (read) => read(),
    matches: async () => undefined,
  };
}

type Command = { input: { Bucket: string } & Record<string, unknown> };

function throughDocuments(access: AwsAccess, sdk: S3Client) {
  return async (command: Command): Promise<unknown> => {
    const way = ways.find(({ of, words }) => command instanceof of && hasOnly(command.input, words));
    if (way === undefined) return sdk.send(command as unknown as PutObjectCommand);
    return way.ask(openDocuments(access, command.input.Bucket), command.input as never).catch(inWordsOfSdk);
  };
}

function hasOnly(input: object, words: readonly string[]): boolean {
  const said = Object.entries(input).filter(([, value]) => value !== undefined);
  return said.every(([name, value]) => ['Bucket', ...words].includes(name) && typeof value === 'string');
}

const ways = [
  { of: PutObjectCommand, words: ['Key', 'Body', 'IfMatch', 'IfNoneMatch'], ask: put },
  { of: GetObjectCommand, words: ['Key', 'VersionId', 'IfNoneMatch'], ask: get },
  { of: DeleteObjectCommand, words: ['Key', 'IfMatch'], ask: remove },
  { of: ListObjectsV2Command, words: ['Prefix'], ask: list },
];

async function put(documents: Documents, { Key = '', Body, IfMatch, IfNoneMatch }: PutObjectCommandInput) {
  const condition = IfMatch !== undefined ? { ifMatch: IfMatch } : IfNoneMatch === undefined ? 'always' : 'absent';
  const written = await documents.write(Key, Body as string, condition);
  if (written.outcome !== 'written') throw refused('PreconditionFailed');
  return { ETag: written.etag, VersionId: written.revision ?? undefined };
}

async function get(documents: Documents, { Key = '', VersionId, IfNoneMatch }: GetObjectCommandInput) {
  const stored = await (VersionId === undefined
    ? IfNoneMatch === undefined
      ? documents.read(Key)
      : documents.reread(Key, IfNoneMatch)
    : documents.readVersion(Key, VersionId));
  if (stored === 'unchanged') throw refused('NotModified', 304);
  if (stored === undefined) throw refused('NoSuchKey', 404);
  const Body = { transformToString: async () => stored.text };
  return { Body, ETag: stored.etag, VersionId: stored.revision ?? undefined };
}

/** The client says nothing of what it has left alone: that shows in the bucket. */
async function remove(documents: Documents, { Key = '', IfMatch }: DeleteObjectCommandInput) {
  const before = await documents.read(Key);
  await documents.remove(Key, IfMatch);
  if (IfMatch !== undefined && (before === undefined || (await documents.read(Key)) !== undefined))
    throw refused('PreconditionFailed');
  const marker = (await documents.versions(Key)).find(({ deleted }) => deleted);
  return marker && { DeleteMarker: true, VersionId: marker.revision };
}

async function list(documents: Documents, { Prefix = '' }: ListObjectsV2CommandInput) {
  return { Contents: (await documents.list(Prefix)).map(({ key, etag }) => ({ Key: key, ETag: etag })) };
}

const refused = (name: string, httpStatusCode = 412): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** A failure of the CLI has AWS's code in its message. */
function inWordsOfSdk(error: Error): never {
  const [, code] = /^could not .*?: (\w+): /.exec(error.message) ?? [];
  throw code === undefined ? error : refused(code);
}

/** To a writer of documents these say the same: what was meant is not there any more. */
const GONE = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey', 'NoSuchVersion'];

/** An answer without what that client does not tell apart, in documents of the contract and in its own. */
export function asDocumentsTell(answer: unknown): unknown {
  const text = JSON.stringify(answer) ?? 'null';
  return JSON.parse(text.replaceAll(/"\d{3} (\w+)"/g, (_, code) => `"${GONE.includes(code) ? 'gone' : code}"`));
}
