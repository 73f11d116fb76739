/** A stack as it should be: template, parameters and tags, with a hash that tells whether an update is due. */
import { createHash } from 'node:crypto';
import type { Spec } from '../config-schema/documents.ts';
import type { Template } from './cloudformation.ts';
import type { EngineImages } from './engine.ts';
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
  defaultEngine: EngineImages;
  /** True when the stack is about to be created: its service then starts with no task, instead of CloudFormation's one. */
  initial: boolean;
}

/**
 * What the tag of a stack says of its hash while its template holds a count: a roll-back of the first update would bring that count
 * back (docs/decisions/0010), so growth waits until the first update is over.
 */
const CREATED = '-created';
const RELEASED = '-released';
export const createdTag = (hash: string): string => hash + CREATED;
export const isCreated = (tag: string | null | undefined): boolean => tag?.endsWith(CREATED) ?? false;
export const isReleased = (tag: string | null | undefined): boolean => tag?.endsWith(RELEASED) ?? false;
/** The hash of the shape that a tag tells of, whichever of the stack's updates brought it. */
export const shapeOfTag = (tag: string): string => (isReleased(tag) ? tag.slice(0, -RELEASED.length) : tag);
export const hasShape = (tag: string | null | undefined, hash: string): boolean =>
  tag != null && shapeOfTag(tag) === hash;
/** The shape for the first update of a stack. */
export const released = (shape: StackShape): StackShape => ({
  ...shape,
  tags: { ...shape.tags, [TAG_HASH]: shape.hash + RELEASED },
});

/** `InitialCount` is left out of the hash: it is there for creation only. */
export function stackShape(
  shape: ClusterShape,
  template: Template,
  parameters: Record<string, string>,
  tags: Record<string, string> = {},
): StackShape {
  const { text } = keptOf(template);
  const hash = hashOf(template, parameters);
  return {
    template: text,
    parameters: { ...parameters, InitialCount: shape.initial ? '0' : '' },
    tags: {
      [TAG_INSTALLATION]: shape.installation,
      [TAG_CLUSTER]: shape.cluster,
      [TAG_UID]: shape.uid,
      [TAG_HASH]: shape.initial ? createdTag(hash) : hash,
      ...tags,
    },
    hash,
  };
}

/** By spec, then by all else that a shape follows from. */
const shapes = new WeakMap<Spec, Map<string, StackShape>>();

/** A pass asks for the shapes of one spec again and again; `part` names one of them. */
export function shapedOnce(shape: ClusterShape, part: string, make: () => StackShape): StackShape {
  const { installation, cluster, uid, defaultEngine, initial } = shape;
  const key = JSON.stringify([installation, cluster, uid, defaultEngine, initial, part]);
  const ofSpec = shapes.get(shape.spec) ?? new Map<string, StackShape>();
  shapes.set(shape.spec, ofSpec);
  const made = ofSpec.get(key) ?? make();
  ofSpec.set(key, made);
  return made;
}

/** The text of a template and the hashes of its shapes are kept, too: many specs have equal ones. */
const known = new WeakMap<Template, { text: string; hashes: Map<string, string> }>();
/** Enough for the pools of a thousand clusters; more is forgotten and made again. */
const HASHES_MAX = 1_000;

function keptOf(template: Template) {
  const kept = known.get(template) ?? { text: JSON.stringify(template), hashes: new Map<string, string>() };
  known.set(template, kept);
  return kept;
}

function hashOf(template: Template, parameters: Record<string, string>): string {
  const { text, hashes } = keptOf(template);
  const key = JSON.stringify(parameters);
  const before = hashes.get(key);
  if (before !== undefined) return before;
  const hash = hashOfText(text, parameters);
  if (hashes.size >= HASHES_MAX) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

/** `parameters` without `InitialCount`. */
export function hashOfText(template: string, parameters: Record<string, string>): string {
  const sorted = JSON.stringify(Object.entries(parameters).sort());
  return `${HASH_VERSION}-${sha256(`[${JSON.stringify(template)},${sorted}]`).slice(0, 32)}`;
}

/** A template for each installation, made once. */
export function madeOnce(make: (installation: string) => Template): (installation: string) => Template {
  const made = new Map<string, Template>();
  return (installation) => {
    const template = made.get(installation) ?? make(installation);
    made.set(installation, template);
    return template;
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
