import { describe, expect, it } from 'vitest';
import { refuseOtherPartitions, regionNotes } from './regions.ts';

describe('a region', () => {
  it('that is said to have no Function URLs is warned of', () => {
    expect(regionNotes('eu-south-2')).toEqual([expect.stringContaining('no Function URLs in eu-south-2')]);
  });

  it.each(['eu-west-3', 'us-east-1', 'ap-southeast-2'])('like %s is neither refused nor warned of', (region) => {
    refuseOtherPartitions(region);
    expect(regionNotes(region)).toEqual([]);
  });
});
