import { describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { clusterKey, statusKey } from '../config-schema/keys.ts';
import { conditionOf } from './core/observation.fixture.ts';
import { pass } from './pass.ts';
import { emptyAccount } from './ports.fixture.ts';
import type { Document, Documents } from './ports.ts';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const settings = { installation: 'bbf', version: '0.0.0-test', defaultEngine: { server: 's', worker: 'w' } };
const cluster = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });

/** A bucket in memory, in an account where nothing of the cluster runs. */
function newWorld() {
  const bucket = new Map<string, Document>();
  let writes = 0;
  const put = (key: string, text: string) => {
    writes += 1;
    bucket.set(key, { text, etag: `e${writes}`, revision: `r${writes}` });
  };
  const list = async () => [...bucket].map(([key, { etag }]) => ({ key, etag, modifiedAt: NOW }));
  const documents: Documents = {
    list,
    read: async (key) => bucket.get(key) ?? null,
    readRevision: async () => null,
    write: async (key, text, etag) => {
      if ((bucket.get(key)?.etag ?? null) !== etag) return null;
      put(key, text);
      return bucket.get(key)?.etag ?? null;
    },
    remove: async (key) => void bucket.delete(key),
  };
  const ports = emptyAccount(documents, NOW);
  const lock = { hold: async () => true, release: async () => {} };
  const look = async () => pass(ports, settings, 'main', await list(), lock);
  const status = () => JSON.parse(bucket.get(statusKey('main'))?.text ?? 'null') as Status | null;
  return { bucket, put, look, status };
}

describe('a pass without a document', () => {
  it('leaves no status of a cluster that is not there', async () => {
    const { bucket, look } = newWorld();
    await look();
    expect([...bucket.keys()]).toEqual([]);
  });

  it('says so in the status of a cluster that was there', async () => {
    const { bucket, put, look, status } = newWorld();
    put(clusterKey('main'), cluster);
    await look();
    expect(status()?.acceptedRevision).toBe('r1');
    bucket.delete(clusterKey('main'));
    await look();
    expect(conditionOf(status() as Status, 'Accepted')).toBe('False DocumentMissing');
  });
});
