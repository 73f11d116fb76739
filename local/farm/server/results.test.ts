import { expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { farm } from '../scheduler/farm.fixture.ts';
import { openActionCache } from '../store/action-cache.ts';
import { openBlobStore } from '../store/blob-store.ts';
import { digestOf } from '../wire/digest.ts';
import { acceptResult } from './results.ts';
import { newTotals } from './totals.ts';

it('gives an action another try where the server can not keep its result, and takes the results beside it', async () => {
  const directory = temporaryDirectory();
  const blobs = openBlobStore({ directory, maxBytes: 1e6 });
  const cache = openActionCache({ directory, maxBytes: 1e6, blobs });
  const world = farm();
  for (const name of ['a', 'b']) world.submit(name);
  world.settle('w', { slots: 2 });
  const parts = { blobs, cache, scheduler: world.scheduler as never, totals: newTotals(), now: () => 0 };
  const result = { exitCode: 1 } as never;
  const refused = [{ digest: digestOf(Buffer.from('one')), data: Buffer.from('another') }];
  await acceptResult(parts, 'w', { job: 'a', result, status: null, abandoned: false, blobs: refused, busyMs: 1 });
  await acceptResult(parts, 'w', { job: 'b', result, status: null, abandoned: false, blobs: [], busyMs: 1 });
  expect(world.states('a', 'b')).toEqual(['queued', 'done']);
});
