import { describe, expect, it } from 'vitest';
import { callsOfPasses } from './calls.ts';

describe.each([1, 500])('AWS calls of one pass with %i workers', (workers) => {
  it('converged two; after an edit nine, of which four see to it that nobody else is at work', async () => {
    const { converged, growing } = await callsOfPasses(workers);
    expect(converged).toEqual(['ListObjectsV2', 'DescribeServices']);
    expect(growing).toEqual([
      ...['ListObjectsV2', 'GetObject', 'DescribeServices'],
      // The lock, and the same look again under it, of which only the listing and the counts travel.
      ...['PutObject', 'ListObjectsV2', 'DescribeServices'],
      ...['UpdateService', 'PutObject', 'DeleteObject'],
    ]);
  }, 60_000);
});
