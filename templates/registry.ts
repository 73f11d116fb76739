/** The foundation's image repositories: `bbf images release` fills them. What they hold costs by the gigabyte, so old images go by themselves. */
import { COMPANIONS } from '../config-schema/cluster.schema.ts';
import type { Resource } from './cloudformation.ts';
import { repositoryName } from './names.ts';

/** Images that tasks of a cluster run. */
export const RELEASED_IMAGES = ['server', 'worker', ...COMPANIONS] as const;

/** A release a day for the 90 days in which the bucket keeps the documents that name them, and some more. */
export const RELEASES_KEPT = 100;

/** Until an index has come, the images that it names look like left-overs; a push takes minutes. */
const LEFT_OVER_DAYS = 1;

/**
 * A release is one tag. What has none is an image of one machine, which ECR keeps as long as an index names it (Amazon ECR user guide,
 * "Lifecycle policy evaluation rules"), or the rest of a push that was broken off.
 */
const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: `the newest ${RELEASES_KEPT} releases stay`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['*'],
        countType: 'imageCountMoreThan',
        countNumber: RELEASES_KEPT,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'what no release names goes',
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: LEFT_OVER_DAYS,
      },
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
