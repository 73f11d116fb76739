import { describe, expect, it } from 'vitest';
import { kept, type StoredImage } from './image-lifecycle.fixture.ts';
import { RELEASES_KEPT, registryResources } from './registry.ts';

const DAY_MS = 86_400_000;
const policies = Object.values(registryResources('bbf')).map(({ Properties = {} }) => {
  const { LifecyclePolicyText } = Properties.LifecyclePolicy as { LifecyclePolicyText: string };
  return LifecyclePolicyText;
});
const policy = policies[0] ?? '';

/** One release for ARM and x86-64, with the attestations that buildx can add: a tag, and four images without. */
function release(n: number): StoredImage[] {
  const pushedAt = n * DAY_MS;
  const names = ['amd64', 'arm64', 'amd64-attested', 'arm64-attested'].map((part) => `${n}-${part}`);
  return [
    ...names.map((digest) => ({ digest, pushedAt: pushedAt - 60_000 })),
    { digest: `${n}`, tag: `0.1.0-${n}`, pushedAt, names },
  ];
}
const releases = (count: number) => Array.from({ length: count }, (_, n) => release(n)).flat();

describe('what the registry keeps', () => {
  it('is the same for every image', () => expect(new Set(policies).size).toBe(1));

  it('is every release of the days in which a document may be rolled back to it, a release a day, for all machines', () => {
    const images = releases(120);
    const left = kept(policy, images, 119.5 * DAY_MS);
    expect(left).toEqual(images.slice(-RELEASES_KEPT * 5));
    expect(RELEASES_KEPT).toBeGreaterThan(90);
  });

  it('is a release however old, while no hundred others have come', () => {
    const images = releases(RELEASES_KEPT);
    expect(kept(policy, images, 10_000 * DAY_MS)).toEqual(images);
  });

  it('is not what a push that was broken off has left, but for a day', () => {
    const leftOver = { digest: 'left over', pushedAt: 200 * DAY_MS };
    const images = [...releases(2), leftOver];
    expect(kept(policy, images, leftOver.pushedAt + DAY_MS / 2)).toEqual(images);
    expect(kept(policy, images, leftOver.pushedAt + 1.5 * DAY_MS)).toEqual(releases(2));
  });
});
