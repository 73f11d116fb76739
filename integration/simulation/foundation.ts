/** The foundation's stack, laid once: every run begins with a copy of the cloud as it was just after set-up. */
import { bundleKey } from '../../config-schema/keys.ts';
import { createMemoryRuntime } from '../../local/cloud/ecs/memory-runtime.ts';
import type { CloudState } from '../../local/cloud/services.ts';
import { createServices } from '../../local/cloud/services.ts';
import { createVirtualWorld } from '../../local/cloud/virtual-world.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { foundationStackName } from '../../templates/names.ts';

export const INSTALLATION = 'bbf';
export const BUCKET = 'bbf-simulation';
/** Of clusters that name no images. */
export const DEFAULT_ENGINE = { server: 'server', worker: 'worker' };
export const ENDPOINT = 'http://127.0.0.1:4599';
/** Monday, 8 o'clock UTC. */
const LAID_AT = Date.UTC(2026, 0, 5, 8, 0, 0);
const LAYING_MS = 60_000;
/** When every story begins. */
export const BEGINS_AT = LAID_AT + LAYING_MS;

interface Ground {
  saved: Required<CloudState>;
  blobs: ReadonlyMap<string, Uint8Array>;
}

let ground: Ground | undefined;

/** A copy of its own for each run; bodies are never changed, so they are shared. */
export function freshGround(): Ground {
  ground ??= lay();
  return { saved: structuredClone(ground.saved), blobs: ground.blobs };
}

/** The end record alone: a zip without entries (PKWARE's APPNOTE, 4.3.16). */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

function lay(): Ground {
  const world = createVirtualWorld({ seed: 1, startsAt: LAID_AT });
  const blobs = new Map<string, Uint8Array>();
  const services = createServices({
    world,
    blobs: { put: (id, bytes) => void blobs.set(id, bytes), get: (id) => blobs.get(id), delete: () => {} },
    tasks: createMemoryRuntime(),
    functions: { invoke: () => new Promise(() => {}), retire: () => {} },
    endpoint: ENDPOINT,
  });
  services.s3.createBucket({ bucket: BUCKET });
  services.s3.putBucketVersioning({ bucket: BUCKET, status: 'Enabled' });
  services.s3.putBucketNotification({ bucket: BUCKET, eventBridge: true });
  services.s3.putObject({ bucket: BUCKET, key: bundleKey('0'), body: EMPTY_ZIP });
  const parameters = {
    Bucket: BUCKET,
    BundleKey: bundleKey('0'),
    Version: '0',
    ServerImage: DEFAULT_ENGINE.server,
    WorkerImage: DEFAULT_ENGINE.worker,
  };
  services.cloudformation.createStack({
    StackName: foundationStackName(INSTALLATION),
    TemplateBody: JSON.stringify(foundationTemplate(INSTALLATION)),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  });
  world.advance(LAYING_MS);
  const [stack] = services.cloudformation.describeStacks({ StackName: foundationStackName(INSTALLATION) }).Stacks;
  if (stack?.StackStatus !== 'CREATE_COMPLETE')
    throw new Error(`the foundation of the simulation is ${stack?.StackStatus}: ${stack?.StackStatusReason}`);
  const saved = Object.fromEntries(Object.entries(services).map(([name, { state }]) => [name, state]));
  return { saved: structuredClone(saved) as Required<CloudState>, blobs };
}
