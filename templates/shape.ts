/** A stack as it should be: template, parameters and tags, with a hash that tells whether an update is due. */
import { createHash } from 'node:crypto';
import type { Spec } from '../config-schema/documents.ts';
import type { Template } from './cloudformation.ts';
import { TAG_CLUSTER, TAG_HASH, TAG_INSTALLATION, TAG_UID } from './names.ts';

/** Part of every hash: raise it when a new bbf must replace what an older one made although the shape reads the same. */
const HASH_VERSION = 'v1';

export interface StackShape {
  /** JSON text of the template. */
  template: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  hash: string;
}

export interface ClusterShape {
  installation: string;
  cluster: string;
  uid: string;
  spec: Spec;
  /** Images of clusters whose spec names none. */
  defaultEngine: { server: string; worker: string };
  /** True when the stack is about to be created: its service then starts with no task, instead of CloudFormation's one. */
  initial: boolean;
}

/** `InitialCount` is left out of the hash: it is there for creation only. */
export function stackShape(
  shape: ClusterShape,
  template: Template,
  parameters: Record<string, string>,
  tags: Record<string, string> = {},
): StackShape {
  const text = JSON.stringify(template);
  const hash = `${HASH_VERSION}-${sha256(JSON.stringify([text, Object.entries(parameters).sort()])).slice(0, 32)}`;
  return {
    template: text,
    parameters: { ...parameters, InitialCount: shape.initial ? '0' : '' },
    tags: {
      [TAG_INSTALLATION]: shape.installation,
      [TAG_CLUSTER]: shape.cluster,
      [TAG_UID]: shape.uid,
      [TAG_HASH]: hash,
      ...tags,
    },
    hash,
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
