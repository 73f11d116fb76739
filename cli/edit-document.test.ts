import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Documents, openDocuments } from './documents.ts';
import { type Edit, editDocument } from './edit-document.ts';
import { exitCodes } from './exit-codes.ts';
import { type BucketDouble, openBucketDouble } from './testing/bucket-double.ts';

const key = 'clusters/main/cluster.json';
const text = (workers: number, writeId: string) => JSON.stringify({ metadata: { writeId }, workers });
const noPause = async () => {};

let bucket: BucketDouble;
let documents: Documents;
let ids = 0;
beforeEach(async () => {
  bucket = await openBucketDouble();
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  documents = openDocuments({ region: 'us-east-1', endpoint: bucket.endpoint, credentials }, 'documents');
  bucket.put(key, text(1, 'before'));
});
afterEach(() => bucket.close());

/** One more worker than there were: applied twice, it would show. */
function oneMore(current: string | undefined): Edit {
  ids += 1;
  const { workers } = JSON.parse(current ?? '{"workers":0}') as { workers: number };
  return { text: text(workers + 1, `w${ids}`), writeId: `w${ids}` };
}
const workersNow = () => (JSON.parse(bucket.objects.get(key)?.text ?? '{}') as { workers: number }).workers;

describe('an edit', () => {
  it('is written over what was read', async () => {
    const edited = await editDocument(documents, key, oneMore, noPause);
    expect(edited.revision).toBe('v2');
    expect(workersNow()).toBe(2);
  });

  it('makes what is absent', async () => {
    bucket.objects.clear();
    await editDocument(documents, key, oneMore, noPause);
    expect(workersNow()).toBe(1);
  });

  it('is made again on what a rival wrote', async () => {
    bucket.faults.push(() => bucket.put(key, text(10, 'rival')));
    await editDocument(documents, key, oneMore, noPause);
    expect(workersNow()).toBe(11);
  });

  it('is not applied twice when its answer was lost', async () => {
    bucket.faults.push('lose answer');
    const edited = await editDocument(documents, key, oneMore, noPause);
    expect(workersNow()).toBe(2);
    expect(edited.revision).toBe('v2');
  });

  it('is not applied twice when its answer was lost and a rival has built on it', async () => {
    bucket.faults.push('lose answer');
    let writes = 0;
    const rivalled: Documents = {
      ...documents,
      write: async (...args) => {
        const outcome = await documents.write(...args);
        writes += 1;
        if (writes === 1) bucket.put(key, text(workersNow() + 10, 'rival'));
        return outcome;
      },
    };
    const edited = await editDocument(rivalled, key, oneMore, noPause);
    expect(workersNow()).toBe(12);
    expect(edited).toMatchObject({ revision: 'v2', text: text(2, `w${ids}`) });
    expect(writes).toBe(1);
  });

  it('says that it does not know when no answer came and nothing can be read any more', async () => {
    bucket.faults.push('lose answer');
    const deaf: Documents = {
      ...documents,
      write: async (...args) => {
        const outcome = await documents.write(...args);
        await bucket.close();
        return outcome;
      },
    };
    await expect(editDocument(deaf, key, oneMore, noPause)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringContaining('it is not known whether'),
    });
  });

  it('is sent again when the request was lost, or S3 was busy', async () => {
    bucket.faults.push('lose request', 'busy');
    await editDocument(documents, key, oneMore, noPause);
    expect(workersNow()).toBe(2);
  });

  it('ends with the failure of a change that no longer fits, and writes nothing', async () => {
    bucket.faults.push(() => bucket.put(key, text(10, 'rival')));
    let calls = 0;
    const change = (current: string | undefined) => {
      calls += 1;
      if (calls === 2) throw new Error('means something else now');
      return oneMore(current);
    };
    await expect(editDocument(documents, key, change, noPause)).rejects.toThrow('means something else now');
    expect(workersNow()).toBe(10);
  });

  it('gives up against a rival that always wins', async () => {
    for (let i = 0; i < 20; i++) bucket.faults.push(() => bucket.put(key, text(i, `rival${i}`)));
    await expect(editDocument(documents, key, oneMore, noPause)).rejects.toMatchObject({
      exitCode: exitCodes.conflict,
    });
  });
});

describe('documents', () => {
  it('are not sent again while they do not change', async () => {
    const first = await documents.read(key);
    if (first === undefined) throw new Error('absent');
    expect(await documents.reread(key, first.etag)).toBe('unchanged');
    bucket.put(key, text(2, 'x'));
    expect(await documents.reread(key, first.etag)).toMatchObject({ revision: 'v2' });
  });

  it('are listed by prefix, and removed', async () => {
    bucket.put('clusters/ci/cluster.json', '{}');
    expect((await documents.list('clusters/')).map((entry) => entry.key)).toEqual(['clusters/ci/cluster.json', key]);
    await documents.remove(key);
    expect(await documents.read(key)).toBe(undefined);
  });

  it('say where nobody answers, and what to do', async () => {
    await bucket.close();
    await expect(documents.read(key)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      next: expect.stringContaining('start what answers there'),
    });
  });
});
