/** Many writers at once, with faults by chance; a seed gives the same writers, faults and order of turns again. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { seededRandom } from '../../local/cloud/virtual-world.ts';
import { type Arena, KEY, openArena } from './arena.ts';
import { type Chain, type Claim, chainOf, editsNow, faultsOf } from './chain.ts';
import { createGate, type Fault } from './gate.ts';
import { cliWriter, edited, gitOpsWriter, sdkDocuments } from './writers.ts';

interface Crowd {
  seed: number;
  /** Through the CLI's own requests. */
  http: number;
  /** Through SDK clients with retries. */
  sdk: number;
  gitops: number;
  /** Chance that a PUT meets a fault. */
  faults: number;
}

interface CrowdOutcome {
  claims: Claim[];
  chain: Chain;
  /** Empty when all is well. */
  faults: string[];
}

/** Without deletions: whom a deletion hit is for the enumerated cases. */
const KINDS: readonly Fault[] = ['412', '409', 'lost', 'unsent', 'lost'];
const TURNS = 400;

export async function runCrowd(arena: Arena, crowd: Crowd): Promise<CrowdOutcome> {
  const chance = seededRandom(crowd.seed);
  const bucket = await arena.newBucket();
  const put = { Bucket: bucket, Key: KEY };
  await arena.s3.send(new PutObjectCommand({ ...put, Body: edited(undefined, 'before', 'before-1') }));
  const people = [...named('http', crowd.http), ...named('sdk', crowd.sdk), ...named('gitops', crowd.gitops)];
  const gate = createGate({
    handle: arena.handle,
    path: `/${bucket}/${KEY}`,
    order: Array.from({ length: TURNS }, () => pick(people, chance)),
    fault: () => (chance() < crowd.faults ? pick(KINDS, chance) : 'none'),
    remove: async () => void (await arena.s3.send(new DeleteObjectCommand(put))),
  });
  const claims = await Promise.all(
    people.map(async (name): Promise<Claim> => {
      const copies = name.startsWith('gitops');
      const documents = name.startsWith('http')
        ? await arena.documents(gate, name, bucket)
        : sdkDocuments(arena.sdk(gate, name, 3), bucket);
      const belief = copies
        ? await gitOpsWriter(arena.sdk(gate, name, 3), bucket, name)
        : await cliWriter(documents, name);
      gate.done(name);
      return { name, belief, copies };
    }),
  );
  const chain = await chainOf(arena.s3, bucket);
  const missing = crowd.gitops > 0 ? [] : missingNow(chain, claims);
  return { claims, chain, faults: [...faultsOf(chain, claims), ...missing] };
}

/** Where nobody copies over them, the newest version has every acknowledged edit. */
function missingNow(chain: Chain, claims: readonly Claim[]): string[] {
  const now = new Set(editsNow(chain));
  const lost = claims.filter(({ name, belief }) => belief === 'written' && !now.has(name));
  return lost.map(({ name }) => `the edit of ${name} was acknowledged and the newest version is without it`);
}

const named = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`);

function pick<T>(from: readonly T[], chance: () => number): T {
  return from[Math.floor(chance() * from.length)] as T;
}

/** Small crowds of all kinds. */
export function crowdOf(seed: number): Crowd {
  const chance = seededRandom(seed * 7 + 1);
  const count = (most: number) => Math.floor(chance() * (most + 1));
  return { seed, http: 1 + count(2), sdk: count(3), gitops: chance() < 0.4 ? 1 : 0, faults: chance() * 0.5 };
}

if (process.argv[1] === import.meta.filename) {
  const arena = await openArena();
  const crowd = crowdOf(Number(process.argv[2]));
  const { claims, chain, faults } = await runCrowd(arena, crowd);
  console.log(JSON.stringify({ crowd, claims, chain, faults }, null, 1));
  await arena.close();
  process.exitCode = faults.length > 0 ? 1 : 0;
}
