/** Which images the tasks of a cluster run: its own, or else the installation's (docs/decisions/0014). */
import { COMPANIONS } from '../config-schema/cluster.schema.ts';
import type { Spec } from '../config-schema/documents.ts';
import type { Parameter } from './cloudformation.ts';

type Companion = (typeof COMPANIONS)[number];
export type CompanionImages = Record<Companion, string>;

export interface EngineImages {
  server: string;
  worker: string;
  /** Undefined where server and worker do mutual TLS, activity and draining themselves. */
  companions?: CompanionImages | undefined;
}

/** Server and worker each by themselves, companions together: a cluster that names none has the installation's. */
export function engineOf(engine: Spec['engine'], installation: EngineImages): EngineImages {
  return {
    server: engine.server ?? installation.server,
    worker: engine.worker ?? installation.worker,
    companions: companionsIn((companion) => engine[companion]) ?? installation.companions,
  };
}

/**
 * Undefined where no image is given; an empty text is none.
 * @throws Error where some are given and others not
 */
export function companionsIn(imageOf: (companion: Companion) => string | undefined): CompanionImages | undefined {
  const missing = COMPANIONS.filter((companion) => !imageOf(companion));
  if (missing.length === COMPANIONS.length) return undefined;
  if (missing.length === 0) return Object.fromEntries(COMPANIONS.map((one) => [one, imageOf(one)])) as CompanionImages;
  throw new Error(
    `images are given for some companions of the engine and not for ${missing.join(', ')}; give all or none`,
  );
}

/** Name of the parameter that holds a companion's image, in the foundation as in the stacks of clusters. */
export const imageParameter = (companion: Companion): string =>
  `${companion.charAt(0).toUpperCase()}${companion.slice(1)}Image`;

export const imageParameters = (companions: readonly Companion[]): Record<string, Parameter> =>
  Object.fromEntries(
    companions.map((companion) => [
      imageParameter(companion),
      { Type: 'String', Default: '', Description: `Image of the ${companion}; empty where the engine needs none` },
    ]),
  );

/** Values of those parameters. */
export const imageValues = (
  companions: readonly Companion[],
  images: CompanionImages | undefined,
): Record<string, string> =>
  Object.fromEntries(companions.map((companion) => [imageParameter(companion), images?.[companion] ?? '']));

/** Variable of the reconciler's function that holds a companion's image. */
export const imageVariable = (companion: Companion): string => `BBF_${companion.toUpperCase()}_IMAGE`;
