/** What ECR expires by a lifecycle policy, as the Amazon ECR user guide tells ("Lifecycle policy evaluation rules", November 2026). */

const DAY_MS = 86_400_000;

export interface StoredImage {
  digest: string;
  tag?: string;
  /** Milliseconds since the epoch. */
  pushedAt: number;
  /** Digests of an index's images. */
  names?: string[];
}

interface Rule {
  rulePriority: number;
  selection: {
    tagStatus: string;
    tagPatternList?: string[];
    countType: string;
    countUnit?: string;
    countNumber: number;
  };
}

/** Of the images, those that stay once ECR has nothing more to expire at that instant. */
export function kept(policyText: string, images: StoredImage[], now: number): StoredImage[] {
  const rules = (JSON.parse(policyText) as { rules: Rule[] }).rules.sort((a, b) => a.rulePriority - b.rulePriority);
  const named = new Set(images.flatMap(({ names = [] }) => names));
  // What matches an earlier rule's tags is not looked at by a later one, whether or not it expired.
  let rest = images;
  const expired = new Set<StoredImage>();
  for (const { selection } of rules) {
    const matching = rest.filter((image) => matches(selection, image));
    rest = rest.filter((image) => !matching.includes(image));
    for (const image of due(selection, matching, now)) if (!named.has(image.digest)) expired.add(image);
  }
  return expired.size === 0
    ? images
    : kept(
        policyText,
        images.filter((image) => !expired.has(image)),
        now,
      );
}

/** A tag matches where every pattern does, and `*` in one stands for anything. */
function matches({ tagStatus, tagPatternList = [] }: Rule['selection'], { tag }: StoredImage): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tag === undefined;
  return (
    tag !== undefined &&
    tagPatternList.every((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(tag))
  );
}

function due({ countType, countUnit, countNumber }: Rule['selection'], images: StoredImage[], now: number) {
  if (countType === 'imageCountMoreThan') return images.toSorted((a, b) => b.pushedAt - a.pushedAt).slice(countNumber);
  if (countType === 'sinceImagePushed' && countUnit === 'days')
    return images.filter(({ pushedAt }) => now - pushedAt > countNumber * DAY_MS);
  throw new Error(`no such count for an expiry: ${countType} ${countUnit}`);
}
