/** Pairs of writers, every order of their first two requests each, and every fault at each of their first writes. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Arena, KEY } from './arena.ts';
import { type Chain, type Claim, chainOf, faultsOf } from './chain.ts';
import { createGate, FAULTS, type Fault, type Gate } from './gate.ts';
import { type Belief, cliWriter, edited, gitOpsWriter, reconcilerWriter, sdkDocuments } from './writers.ts';

type WriterKind = 'cli' | 'gitops' | 'reconciler';

export interface Case {
  pair: readonly [WriterKind, WriterKind];
  /** Turns of a and b: a read or a write each. */
  order: string;
  fault: Fault;
  /** Whose writes meet it. */
  at: 'a' | 'b' | 'ab';
  /** Through clients of the SDK that send again by themselves what got no answer. */
  retries: boolean;
  /** Whether the document is there at the beginning. */
  there: boolean;
}

const PAIRS: readonly Case['pair'][] = [
  ['cli', 'cli'],
  ['cli', 'gitops'],
  ['reconciler', 'reconciler'],
];
const ORDERS = ['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'];

export function allCases(): Case[] {
  return PAIRS.flatMap((pair) =>
    ORDERS.flatMap((order) =>
      [false, true].flatMap((retries) =>
        [false, true].flatMap((there) =>
          FAULTS.flatMap((fault) =>
            (fault === 'none' ? (['a'] as const) : (['a', 'b', 'ab'] as const)).map(
              (at): Case => ({ pair, order, fault, at, retries, there }),
            ),
          ),
        ),
      ),
    ),
  );
}

interface Outcome {
  beliefs: Record<string, Belief>;
  chain: Chain;
  faults: string[];
}

const ATTEMPTS = 3;

export async function runCase(arena: Arena, one: Case): Promise<Outcome> {
  const bucket = await arena.newBucket();
  const put = { Bucket: bucket, Key: KEY };
  if (one.there) await arena.s3.send(new PutObjectCommand({ ...put, Body: edited(undefined, 'before', 'before-1') }));
  const gate = createGate({
    handle: arena.handle,
    path: `/${bucket}/${KEY}`,
    order: [...one.order],
    fault: (writer, number) => (one.at.includes(writer) && number === 1 ? one.fault : 'none'),
    remove: async () => void (await arena.s3.send(new DeleteObjectCommand(put))),
  });
  const names = ['a', 'b'] as const;
  const beliefs = await Promise.all(
    names.map(async (name, i) => {
      const belief = await write(arena, gate, bucket, name, one.pair[i] as WriterKind, one.retries);
      gate.done(name);
      return belief;
    }),
  );
  const chain = await chainOf(arena.s3, bucket);
  const claims = names.map(
    (name, i): Claim => ({ name, belief: beliefs[i] as Belief, copies: one.pair[i] === 'gitops' }),
  );
  const faults = [...faultsOf(chain, claims), ...(one.fault === 'none' ? gaveUp(claims) : [])];
  return { beliefs: { a: beliefs[0] as Belief, b: beliefs[1] as Belief }, chain, faults };
}

/** A lost race alone is no reason to: each writer comes to its end. */
const gaveUp = (claims: readonly Claim[]): string[] =>
  claims.flatMap(({ name, belief }) => (belief === 'written' ? [] : [`${name} gave up although nothing went wrong`]));

async function write(
  arena: Arena,
  gate: Gate,
  bucket: string,
  name: string,
  kind: WriterKind,
  retries: boolean,
): Promise<Belief> {
  const sdk = () => arena.sdk(gate, name, retries ? ATTEMPTS : 1);
  if (kind === 'gitops') return gitOpsWriter(sdk(), bucket, name);
  if (kind === 'reconciler') return reconcilerWriter(sdk(), bucket, name);
  return cliWriter(retries ? sdkDocuments(sdk(), bucket) : await arena.documents(gate, name, bucket), name);
}
