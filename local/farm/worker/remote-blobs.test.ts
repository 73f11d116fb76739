import { describe, expect, it } from 'vitest';
import { digestOf } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import type { Channel } from './channel.ts';
import { createRemoteBlobs } from './remote-blobs.ts';

/** A server that has nothing and takes everything; `sizes` are those of the messages with digests, and with data. */
function emptyServer() {
  const asked: number[] = [];
  const pieces: number[] = [];
  const taken = new Map<string, number>();
  const channel: Partial<Channel> = {
    unary: async (_method, request) => {
      const { blobDigests } = request as { blobDigests: Digest[] };
      asked.push(blobDigests.length);
      return { missingBlobDigests: blobDigests } as never;
    },
    requests: async (_method, requests) => {
      let committedSize = 0;
      for await (const request of requests) {
        const { data } = request as { data?: Uint8Array };
        if (data) pieces.push(data.length);
        committedSize += data?.length ?? 0;
      }
      taken.set(String(committedSize), committedSize);
      return { committedSize } as never;
    },
  };
  return { channel: channel as Channel, asked, pieces, taken };
}

describe('an upload', () => {
  it('has no message above what a server takes, however large what is in memory is', async () => {
    const { channel, pieces, taken } = emptyServer();
    const data = Buffer.alloc(20 * 1024 * 1024 + 1, 'x');
    await createRemoteBlobs(() => channel).upload([{ digest: digestOf(data), data }]);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(256 * 1024);
    expect([...taken.values()]).toEqual([data.length]);
  });

  it('asks for many digests in several messages', async () => {
    const { channel, asked } = emptyServer();
    const source = { digest: digestOf(Buffer.from('x')), path: '/dev/null' };
    const sources = Array.from({ length: 50_000 }, () => source);
    await createRemoteBlobs(() => channel)
      .upload(sources)
      .catch(() => {});
    expect(asked).toEqual([20_000, 20_000, 10_000]);
  });

  it('goes on when the connection is another one', async () => {
    const { channel, taken } = emptyServer();
    const data = Buffer.alloc(2 * 1024 * 1024);
    let lost = 1;
    const current = () => {
      lost -= 1;
      if (lost >= 0) throw new CallError(Code.UNAVAILABLE, 'there is no connection at the moment');
      return channel;
    };
    await createRemoteBlobs(current).upload([{ digest: digestOf(data), data }]);
    expect([...taken.values()]).toEqual([data.length]);
  });
});
