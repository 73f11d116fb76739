import { describe, expect, it } from 'vitest';
import { version } from '../../config-schema/version.ts';
import { foundationWish } from './foundation.ts';

const place = {
  installation: 'bbf',
  registry: '000000000000.dkr.ecr.eu-west-3.amazonaws.com/bbf',
  bucket: 'b',
  bundleKey: 'k',
};
/** What set-up asks for after it has asked for this. */
function workerImage(before: Record<string, string>): string | undefined {
  const Parameters = Object.entries(before).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  const stack = { StackName: 'bbf--foundation', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const };
  return foundationWish(place, {}, { ...stack, Parameters }).parameters.WorkerImage;
}

describe('the workers’ image of a foundation', () => {
  const ours = `${place.registry}/farm-worker`;

  it('follows the version where set-up chose it', () => {
    expect(foundationWish(place, {}, undefined).parameters.WorkerImage).toBe(`${ours}:${version}`);
    expect(workerImage({ Version: '0.0.1', WorkerImage: `${ours}:0.0.1` })).toBe(`${ours}:${version}`);
  });

  it.each([
    ['in the account’s own registry', `${ours}:mine`],
    ['in another one’s that is named alike', '999999999999.dkr.ecr.eu-west-3.amazonaws.com/bbf/farm-worker:0.0.1'],
    ['by digest', `${ours}@sha256:${'0'.repeat(64)}`],
  ])('stays where a person chose one %s', (_, image) => {
    expect(workerImage({ Version: '0.0.1', WorkerImage: image })).toBe(image);
  });
});
