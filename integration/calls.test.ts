import { describe, expect, it } from 'vitest';
import { callsOfPasses } from './calls.ts';

describe.each([1, 500])('AWS calls of one pass with %i workers', (workers) => {
  it('converged two; after an edit five, the edited document among them', async () => {
    const { converged, growing } = await callsOfPasses(workers);
    expect(converged).toEqual(['ListObjectsV2', 'DescribeServices']);
    expect(growing.slice().sort()).toEqual([
      'DescribeServices',
      'GetObject',
      'ListObjectsV2',
      'PutObject',
      'UpdateService',
    ]);
  }, 60_000);
});
