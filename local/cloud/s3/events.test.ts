/** Events of objects: when they are sent, and in which shape. */
import { describe, expect, it } from 'vitest';
import type { ServiceEvent } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createS3 } from './s3.ts';
import { createMemoryBlobs } from './state.ts';

function startS3() {
  const events: ServiceEvent[] = [];
  const emit = (event: ServiceEvent) => void events.push(event);
  const s3 = createS3({ world: createVirtualWorld(), emit, blobs: createMemoryBlobs() });
  s3.createBucket({ bucket: 'farm' });
  s3.putBucketVersioning({ bucket: 'farm', status: 'Enabled' });
  return { s3, events };
}

describe('object events', () => {
  it('are not sent before the bucket asks for them', () => {
    const { s3, events } = startS3();
    s3.putObject({ bucket: 'farm', key: 'k', body: 'a' });
    expect(events).toEqual([]);
  });
  it('tell of creation, of a delete marker and of a permanent deletion', () => {
    const { s3, events } = startS3();
    s3.putBucketNotification({ bucket: 'farm', eventBridge: true });
    const { versionId } = s3.putObject({ bucket: 'farm', key: 'k', body: 'a' });
    s3.deleteObject({ bucket: 'farm', key: 'k' });
    s3.deleteObject({ bucket: 'farm', key: 'k', versionId });
    const etag = '0cc175b9c0f1b6a831c399e269772661';
    expect(events).toMatchObject([
      {
        source: 'aws.s3',
        detailType: 'Object Created',
        resources: ['arn:aws:s3:::farm'],
        detail: {
          version: '0',
          bucket: { name: 'farm' },
          object: { key: 'k', size: 1, etag, 'version-id': versionId },
          requester: '000000000000',
          reason: 'PutObject',
        },
      },
      { detailType: 'Object Deleted', detail: { reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' } },
      { detail: { object: { key: 'k', 'version-id': versionId }, 'deletion-type': 'Permanently Deleted' } },
    ]);
    const sequencers = events.map(({ detail }) => (detail.object as { sequencer: string }).sequencer);
    expect([...sequencers].sort()).toEqual(sequencers);
  });
  it('leave nothing of a refused write', () => {
    const { s3, events } = startS3();
    s3.putBucketNotification({ bucket: 'farm', eventBridge: true });
    expect(() => s3.putObject({ bucket: 'farm', key: 'k', body: 'a', ifMatch: '"x"' })).toThrow('does not exist');
    expect(events).toEqual([]);
  });
});
