/** The images that bbf makes, in the order in which they are built. */
import type { Spec } from '../../config-schema/documents.ts';

export interface Image {
  /** Of the repository, and of the folder below images/ that holds its Dockerfile. */
  name: string;
  /** Folder that Docker is sent, from the root of bbf. */
  context: string;
  /** Where a cluster's document names it; undefined: no task of a cluster runs it. */
  field: keyof Spec['engine'] | undefined;
  /** The image of this list that it is made FROM. */
  from?: string;
  /** Only the server's task runs it, which is x86-64. */
  serverOnly: boolean;
}

export const images: readonly Image[] = [
  { name: 'server', context: 'images', field: 'server', serverOnly: true },
  { name: 'storage', context: 'images', field: 'storage', serverOnly: true },
  { name: 'backplane', context: 'images', field: 'backplane', serverOnly: true },
  { name: 'worker', context: 'images', field: 'worker', serverOnly: false },
  { name: 'gateway', context: 'images/gateway', field: 'gateway', serverOnly: false },
  { name: 'agent', context: 'dist', field: 'agent', serverOnly: false },
  { name: 'worker-dind', context: 'images', field: undefined, from: 'worker', serverOnly: false },
];

export const dockerfileOf = ({ name }: Image): string => `images/${name}/Dockerfile`;
