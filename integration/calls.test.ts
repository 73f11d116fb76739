import { describe, expect, it } from 'vitest';
import { callsOfPasses } from './calls.ts';

describe.each([1, 500])('AWS calls of one pass with %i workers', (workers) => {
  it('converged two; after an edit eleven, of which six see to it that nothing else is going on', async () => {
    const { converged, growing } = await callsOfPasses(workers);
    expect(converged).toEqual(['ListObjectsV2', 'DescribeServices']);
    expect(growing).toEqual([
      ...['ListObjectsV2', 'GetObject', 'DescribeServices'],
      // The lock, and the same look again under it. An edit that is younger than two seconds may not be the last of its second.
      ...['PutObject', 'ListObjectsV2', 'GetObject', 'DescribeServices'],
      ...['UpdateService', 'PutObject', 'DeleteObject'],
      // For what woke others meanwhile.
      'ListObjectsV2',
    ]);
  });
});
