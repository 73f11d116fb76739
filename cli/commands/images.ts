/** `bbf images release` */
import { type Command, clusterFlag, waitFlags } from '../command.ts';

export const imagesCommand: Command = {
  name: 'images release',
  summary: 'build the images of the farm, push them, and have a cluster run them',
  description:
    'Builds with Docker, pushes to the repositories of the installation, and writes the digests into the cluster’s document. An image of your own that the document names stays.',
  arguments: [],
  flags: [
    { name: 'load', summary: 'only build them, for this machine: bbf/NAME:local in its Docker engine' },
    {
      name: 'only',
      value: 'NAMES',
      repeatable: true,
      summary:
        'some of server, storage, backplane, worker, gateway and agent, with commas; with --load worker-dind too',
    },
    {
      name: 'bases',
      value: 'NAME=IMAGE,…',
      repeatable: true,
      summary: 'what images stand on instead of what their Dockerfiles name',
    },
    {
      name: 'from',
      value: 'CLUSTER',
      known: 'clusters',
      summary: 'build nothing: run the images that another cluster runs',
    },
    clusterFlag,
    ...waitFlags(),
  ],
  examples: [
    { line: 'bbf images release', what: 'all images, for the architectures of the pools of main' },
    { line: 'bbf images release --from=staging', what: 'main runs what was tried in another cluster' },
    { line: 'bbf images release --load --only=worker,worker-dind', what: 'for Bazel’s local Docker strategy' },
  ],
  run: async (call, program) => (await import('../images/release.ts')).release(call, program),
};
