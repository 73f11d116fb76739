/** What each field of a spec must have come to in ECS, said here once more and apart from the templates: a mistake in those is seen. */
import { COMPANIONS } from '../../../config-schema/cluster.schema.ts';
import type { Pool, Spec } from '../../../config-schema/documents.ts';
import { DEFAULT_ENGINE } from '../foundation.ts';
import type { Made } from './tasks.ts';

/** Where a spec says nothing of its server's disk. */
const SERVER_DISK_GIB = 20;
const ARCHITECTURES = { x86_64: 'X86_64', arm64: 'ARM64' };

type Fields = Record<string, string | number | undefined>;

/** Where the tasks of a pool differ from its spec. */
export const poolDifferences = (spec: Spec, name: string, made: Made): string[] => {
  const pool = spec.pools[name];
  return pool ? differences(wantedOfPool(spec, name, pool), seen(made)) : [];
};

/** Where the server's tasks differ from the spec. */
export const serverDifferences = (spec: Spec, made: Made): string[] => differences(wantedOfServer(spec), seen(made));

function wantedOfPool(spec: Spec, name: string, pool: Pool): Fields {
  const { engine } = spec;
  const isMixed = pool.capacity === 'spot' && pool.onDemandBase > 0;
  const spot = isMixed ? `${pool.onDemandBase} on FARGATE, FARGATE_SPOT` : 'FARGATE_SPOT';
  return {
    cpu: pool.cpu,
    memoryMiB: pool.memoryMiB,
    diskGiB: pool.diskGiB,
    architecture: ARCHITECTURES[pool.architecture],
    capacity: pool.capacity === 'spot' ? spot : 'FARGATE',
    'image of worker': engine.worker ?? DEFAULT_ENGINE.worker,
    'image of gateway': engine.gateway,
    'image of agent': engine.agent,
    pool: name,
    slots: pool.slots,
    platform: sorted(pool.platform),
    ...(hasCompanions(spec) && {
      'width of the execution stage': pool.slots,
      'pools whose queues it takes from': name,
    }),
  };
}

function wantedOfServer({ server, engine }: Spec): Fields {
  const { server: image = DEFAULT_ENGINE.server, storage, backplane, gateway, agent } = engine;
  return {
    cpu: server.cpu,
    memoryMiB: server.memoryMiB,
    diskGiB: server.diskGiB ?? SERVER_DISK_GIB,
    architecture: ARCHITECTURES.x86_64,
    capacity: 'FARGATE',
    'image of server': image,
    'image of storage': storage,
    'image of backplane': backplane,
    'image of gateway': gateway,
    'image of agent': agent,
  };
}

const hasCompanions = ({ engine }: Spec): boolean => COMPANIONS.every((one) => engine[one] !== undefined);

/** The same fields, as ECS has them. */
function seen({ cpu, memoryMiB, diskGiB, architecture, capacity, images, told }: Made): Fields {
  const { backplane, worker } = configurationOf(told);
  const pools = backplane?.queues?.map(({ name }) => name.split('--')[0]);
  return {
    ...{ cpu, memoryMiB, diskGiB, architecture, capacity },
    ...Object.fromEntries(Object.entries(images).map(([container, image]) => [`image of ${container}`, image])),
    pool: told.BBF_POOL,
    slots: Number(told.BBF_SLOTS),
    platform: sorted(JSON.parse(told.BBF_PLATFORM ?? '{}') as Record<string, string>),
    'width of the execution stage': worker?.executeStageWidth,
    'pools whose queues it takes from': pools && [...new Set(pools)].join(),
  };
}

interface Configuration {
  backplane?: { queues?: { name: string }[] };
  worker?: { executeStageWidth?: number };
}

/** Of a Buildfarm worker; empty for others. */
const configurationOf = ({ BBF_CONFIGURATION: text }: Made['told']): Configuration =>
  text ? (JSON.parse(text) as Configuration) : {};

const sorted = (members: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(members).sort());

const differences = (wanted: Fields, is: Fields): string[] =>
  Object.entries(wanted).flatMap(([field, value]) =>
    is[field] === value ? [] : [`${field} is ${is[field] ?? 'absent'}, not ${value ?? 'absent'}`],
  );
