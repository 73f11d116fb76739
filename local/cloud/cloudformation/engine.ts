/** What every part of the state machine works with: the world, the providers, the state, and blueprints made ready. */
import type { Emit, ResourceProvider, World } from '../kernel.ts';
import { type Place, type Prepared, prepare } from './prepared.ts';
import type { Blueprint, CloudFormationState, JobAction, Stack } from './state.ts';

/** Milliseconds. */
export interface Timing {
  /** From a status of the stack until its resources begin. */
  phaseMs: number;
  /** The least time that one resource takes. */
  resourceMs: number;
  /** Between two looks at a resource that is not stable yet. */
  pollMs: number;
  /** Until a refused deletion is tried again. */
  retryMs: number;
}

/** Quick enough for people, slow enough for every status to be seen by somebody who looks often. */
export const LOCAL_TIMING: Timing = { phaseMs: 10, resourceMs: 10, pollMs: 25, retryMs: 250 };

/** Asked before each step of a resource; a returned reason makes that step fail. */
export type BeforeResource = (stackName: string, logicalId: string, operation: JobAction) => string | undefined;

export interface Engine {
  world: World;
  emit: Emit;
  providers: ReadonlyMap<string, ResourceProvider>;
  state: CloudFormationState;
  timing: Timing;
  place: Place;
  beforeResource: BeforeResource;
  /** Throws ValidationError when the blueprint is not deployable. */
  prepared(stack: Pick<Stack, 'id' | 'name' | 'notificationArns'>, blueprint: Blueprint): Prepared;
}

interface EngineOptions {
  world: World;
  emit: Emit;
  providers: readonly ResourceProvider[];
  state: CloudFormationState;
  timing: Timing;
  beforeResource: BeforeResource | undefined;
}

export function createEngine(options: EngineOptions): Engine {
  const { world, emit, state, timing } = options;
  const providers = new Map(options.providers.map((provider) => [provider.type, provider]));
  const place: Place = { region: world.region, account: world.account, knownTypes: new Set(providers.keys()) };
  // A blueprint is replaced, never changed, so what it was made into stays true as long as it lives.
  const ready = new WeakMap<Blueprint, Prepared>();
  return {
    world,
    emit,
    providers,
    state,
    timing,
    place,
    beforeResource: options.beforeResource ?? (() => undefined),
    prepared(stack, blueprint) {
      const known = ready.get(blueprint);
      if (known) return known;
      const made = prepare(blueprint, stack, place);
      ready.set(blueprint, made);
      return made;
    },
  };
}

export function providerOf(engine: Engine, type: string): ResourceProvider {
  const provider = engine.providers.get(type);
  if (!provider) throw new Error(`No provider makes ${type}; the stack was saved by a local cloud that had one.`);
  return provider;
}
