/** The foundation's image repositories: `bbf images release` fills them. What they hold costs by the gigabyte, so old images go by themselves. */
import { COMPANIONS } from '../config-schema/cluster.schema.ts';
import type { Resource } from './cloudformation.ts';
import { repositoryName } from './names.ts';

/** Images that tasks of a cluster run. */
export const RELEASED_IMAGES = ['server', 'worker', ...COMPANIONS] as const;

/** Enough to go back a few releases; a cluster names images by digest, and one that is not released anew for so long is asked to. */
const IMAGES_KEPT = 20;

const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: `the newest ${IMAGES_KEPT}`,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: IMAGES_KEPT },
      action: { type: 'expire' },
    },
  ],
});

export const registryResources = (installation: string): Record<string, Resource> =>
  Object.fromEntries(
    RELEASED_IMAGES.map((image) => [
      `${image.charAt(0).toUpperCase()}${image.slice(1)}Repository`,
      {
        Type: 'AWS::ECR::Repository',
        Properties: {
          RepositoryName: repositoryName(installation, image),
          // What a digest or a tag names stays what it is.
          ImageTagMutability: 'IMMUTABLE',
          ImageScanningConfiguration: { ScanOnPush: true },
          LifecyclePolicy: { LifecyclePolicyText: lifecycle },
          EmptyOnDelete: true,
        },
      },
    ]),
  );
