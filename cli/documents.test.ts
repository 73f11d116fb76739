import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Documents, openDocuments, type Stored } from './documents.ts';
import { exitCodes } from './exit-codes.ts';
import { type BucketDouble, openBucketDouble } from './testing/bucket-double.ts';

let bucket: BucketDouble;
let documents: Documents;
beforeEach(async () => {
  bucket = await openBucketDouble();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  documents = openDocuments({ region: 'us-east-1', endpoint: bucket.endpoint, credentials }, 'documents');
});
afterEach(() => bucket.close());

const LEASES = 'clusters/main/leases/';

it('a document comes without its byte order mark', async () => {
  bucket.put('clusters/main/cluster.json', '\uFEFF{"ü": "\uFEFF"}');
  expect(await documents.read('clusters/main/cluster.json')).toMatchObject({ text: '{"ü": "\uFEFF"}' });
});

it('what somebody wrote since it was read is not removed on condition of what was read', async () => {
  const key = 'clusters/main/cluster.json';
  const etagOf = async () => ((await documents.read(key)) as Stored).etag;
  bucket.put(key, 'old');
  const old = await etagOf();
  bucket.put(key, 'new');
  await documents.remove(key, old);
  expect(bucket.objects.get(key)?.text).toBe('new');
  await documents.remove(key, await etagOf());
  expect(bucket.objects.has(key)).toBe(false);
  await documents.remove(key, old);
});

/** Whoever may write a lease chooses its key, and others read and remove what they find listed. */
describe('a key that somebody else chose', () => {
  it.each([`${LEASES}a#b.json`, `${LEASES}a?versions`, `${LEASES}a%2F..%2Fb.json`, `${LEASES}a b'(é)*.json`])(
    'means the object of that name and no other: %s',
    async (key) => {
      bucket.put(`${LEASES}a`, 'another');
      bucket.put(key, 'mine');
      expect(await documents.read(key)).toMatchObject({ text: 'mine' });
      expect(await documents.write(key, 'newer', 'always')).toMatchObject({ outcome: 'written' });
      expect(bucket.objects.get(key)?.text).toBe('newer');
      await documents.remove(key);
      expect([...bucket.objects.keys()]).toEqual([`${LEASES}a`]);
    },
  );

  it.each([`${LEASES}../cluster.json`, `${LEASES}../../../access/authority.json`, `${LEASES}./a`, '..'])(
    'is neither listed nor touched where a URL would climb with it: %s',
    async (key) => {
      bucket.put(key, 'trap');
      bucket.put('clusters/main/cluster.json', 'document');
      bucket.put(`${LEASES}good.json`, 'lease');
      expect((await documents.list(LEASES)).map((listed) => listed.key)).toEqual([`${LEASES}good.json`]);
      bucket.requests.length = 0;
      await expect(documents.read(key)).rejects.toThrow(/climbs out/);
      await expect(documents.remove(key)).rejects.toThrow(/climbs out/);
      await expect(documents.write(key, 'x', 'always')).rejects.toThrow(/climbs out/);
      expect(bucket.requests).toEqual([]);
    },
  );
});

/** With one answer to everything. */
async function documentsBehind(status: number, headers: Record<string, string>, body: string): Promise<Documents> {
  const server = createServer((_, response) => void response.writeHead(status, headers).end(body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  return openDocuments({ region: 'us-east-1', endpoint, credentials }, 'documents');
}

it.each<[string, (documents: Documents) => Promise<unknown>]>([
  ['clusters/', (behind) => behind.list('clusters/')],
  ['the versions of clusters/', (behind) => behind.versions('clusters/')],
])('a page in the place of a listing is no empty one: %s', async (what, ask) => {
  const behind = await documentsBehind(200, {}, '<html><body>Sign in</body></html>');
  await expect(ask(behind)).rejects.toMatchObject({
    exitCode: exitCodes.protocol,
    message: `could not list ${what}: the answer, HTTP 200, is no listing of S3: <html><body>Sign in</body></html>`,
  });
});

const MALFORMED =
  '<Error><Code>AuthorizationHeaderMalformed</Code><Message>no</Message><Region>eu-west-3</Region></Error>';

it.each<[number, Record<string, string>, string]>([
  [301, { 'x-amz-bucket-region': 'eu-west-3' }, '<Error><Code>PermanentRedirect</Code><Message>no</Message></Error>'],
  [400, {}, MALFORMED],
])('a bucket in another region is told with both regions: HTTP %d', async (status, headers, body) => {
  const behind = await documentsBehind(status, headers, body);
  const why = 'bucket documents is in region eu-west-3, and was asked for in us-east-1';
  for (const [doing, ask] of [
    ['read a', () => behind.read('a')],
    ['write a', () => behind.write('a', 'x', 'absent')],
    ['list clusters/', () => behind.list('clusters/')],
  ] as const)
    await expect(ask()).rejects.toMatchObject({
      exitCode: exitCodes.configuration,
      message: `could not ${doing}: ${why}`,
      next: expect.stringContaining('bbf config'),
    });
});
