/**
 * The reconciler's own code as an automaton. What an invocation does next depends only on the answers that it has had, so its
 * place is a node in a tree of answers. A node is found by running the code from its start with recorded answers, once; after
 * that, any number of schedules passes through it without running anything. Places at which the code has forgotten what told
 * them apart are one node (memory.ts).
 */

import { clusterKey, lockKey } from '../../../config-schema/keys.ts';
import type { Entry, Settings } from '../../../reconciler/ports.ts';
import type { Invocation } from '../../../reconciler/reconcile.ts';
import { differenceOf, memoryOf } from './memory.ts';
import { type Answer, type Call, type Constants, type Delivery, type Run, startRun } from './run.ts';
import { CLUSTER } from './state.ts';

export interface Node {
  readonly id: number;
  /** Asked for at the same time; the invocation goes on when all are answered. Empty at its end. */
  readonly calls: readonly Call[];
  /** Of an invocation that has thrown. */
  readonly failure: string | null;
  /** What its first listing was. */
  readonly firstListing: Entry[] | null;
  /** What it last read of the cluster's document, where that is edited. */
  readonly document: string | null;
}

interface TreeNode extends Node {
  root: Invocation;
  anew: boolean;
  path: Delivery[];
  /** By all answers, and by what makes a difference of them. */
  next: Map<string, TreeNode>;
  alike: Map<string, TreeNode>;
  children: Branch[];
  /** Of other histories that are taken to go on as this one does. */
  witnesses: TreeNode[];
  /** How many histories have come here. */
  histories: number;
}

interface Branch {
  answers: readonly Answer[];
  still: number | null;
  to: TreeNode;
}

interface Memory {
  /** Whether places that go on alike are one node. */
  merged: boolean;
  /** The n-th history that comes to a node is followed beside the first, as a witness that both go on alike. */
  isWitness(n: number): boolean;
}

/** Of millions of histories a few, from the first ones on. */
export const MERGED: Memory = { merged: true, isWitness: (n) => Number.isInteger(Math.log2(n) / 3) };
export const ALL_APART: Memory = { merged: false, isWitness: () => false };

/** Ended runs of the code that wait to be continued; older ones are run again when they are needed. */
const KEPT_RUNS = 5000;

export interface Invocations {
  node(id: number): Node;
  /** `key` tells one invocation from another. */
  begin(key: string, invocation: Invocation): number | Promise<number>;
  /** `key` tells one set of answers from another; `still`: the clock, where time stands still. */
  next(id: number, key: string, answers: readonly Answer[], still: number | null): number | Promise<number>;
  size(): number;
}

export function createInvocations(constants: Constants, settings: Settings, memory: Memory): Invocations {
  const nodes: TreeNode[] = [];
  const roots = new Map<string, TreeNode>();
  const remembered = new Map<string, TreeNode>();
  const runs = new Map<TreeNode, Run>();

  function add(run: Run, root: Invocation, path: Delivery[], from: TreeNode | null): TreeNode {
    const calls = run.calls.map(({ call }) => call);
    if (calls.length === 0 && !run.ended) throw new Error('the reconciler waits for something that is no port');
    const firstListing = (path[1]?.answers[0] as Entry[]) ?? null;
    const anew = from !== null && (from.anew || isForLock(from));
    const document = from && documentIn(from, path.at(-1)?.answers ?? []);
    const place = { id: nodes.length, calls, failure: run.failure, firstListing, document, root, path, anew };
    const node: TreeNode = { ...place, next: new Map(), alike: new Map(), children: [], witnesses: [], histories: 1 };
    nodes.push(node);
    // A run that was stopped at its clock has been told a wrong time, and is of no further use.
    if (calls[0]?.do !== 'now') runs.set(node, run);
    const oldest = runs.keys().next().value;
    if (runs.size > KEPT_RUNS && oldest) runs.delete(oldest);
    return node;
  }

  async function begin(key: string, root: Invocation): Promise<number> {
    const path = [{ answers: [], looks: [], still: null }];
    const node = add(await runAlong(constants, settings, root, path), root, path, null);
    roots.set(key, node);
    return node.id;
  }

  async function child(node: TreeNode, { answers, still }: Omit<Branch, 'to'>): Promise<TreeNode> {
    const path = longer(node, answers, still);
    const kept = runs.get(node);
    runs.delete(node);
    if (kept) await kept.deliver(path.at(-1) as Delivery);
    return add(kept ?? (await runAlong(constants, settings, node.root, path)), node.root, path, node);
  }

  async function grow(node: TreeNode, branch: Omit<Branch, 'to'>): Promise<TreeNode> {
    const reached = await child(node, branch);
    const place = memory.merged ? memoryOf(node.root, node, reached) : null;
    const to = place === null ? reached : (remembered.get(place) ?? reached);
    if (place !== null) remembered.set(place, to);
    node.children.push({ ...branch, to });
    for (const witness of node.witnesses) await attest(to, reached, await child(witness, branch), place !== null);
    if (to !== reached && memory.isWitness(++to.histories)) await attest(to, to, reached, false);
    return to;
  }

  /** `other` must do what `node` does, and be followed further unless both are where their memory ends. */
  async function attest(at: TreeNode, node: TreeNode, other: TreeNode, ends: boolean): Promise<void> {
    if (JSON.stringify([node.calls, node.failure]) !== JSON.stringify([other.calls, other.failure]))
      throw new InvocationFailed(unlike(node, other));
    if (ends || other.calls.length === 0) return;
    at.witnesses.push(other);
    for (const branch of [...at.children])
      await attest(branch.to, branch.to, await child(other, branch), memoryOf(at.root, at, branch.to) !== null);
  }

  /** Answers that make no other difference than some before lead where those did. */
  async function follow(node: TreeNode, key: string, branch: Omit<Branch, 'to'>): Promise<number> {
    const difference = memory.merged ? differenceOf(node.root, node, branch.answers) : null;
    const like = difference === null ? undefined : node.alike.get(`${difference}@${branch.still}`);
    const to = like ?? (await grow(node, branch));
    if (difference !== null) node.alike.set(`${difference}@${branch.still}`, to);
    node.next.set(key, to);
    if (like && memory.isWitness(++like.histories))
      await attest(like, like, await child(node, branch), memoryOf(node.root, node, like) !== null);
    return to.id;
  }

  return {
    node: (id) => nodes[id] as TreeNode,
    begin: (key, root) => roots.get(key)?.id ?? begin(key, root),
    next(id, key, answers, still) {
      const node = nodes[id] as TreeNode;
      const full = `${key}@${still}`;
      return node.next.get(full)?.id ?? follow(node, full, { answers, still });
    },
    size: () => nodes.length,
  };
}

/** What nothing in a race gives the reconciler's code a reason for. */
export class InvocationFailed extends Error {}

const unlike = (node: TreeNode, other: TreeNode) =>
  `an invocation does not forget what it read: one goes on with ${JSON.stringify(node.calls)}, another one, which had other answers, with ${JSON.stringify(other.calls)}`;

function documentIn({ calls, document }: Node, answers: readonly Answer[]): string | null {
  const at = calls.findIndex((call) => call.do === 'read' && call.key === clusterKey(CLUSTER));
  return at < 0 ? document : ((answers[at] as { text: string } | null)?.text ?? null);
}

const isForLock = ({ calls: [call] }: Node) => call?.do === 'write' && call.key === lockKey(CLUSTER);

/** A look at the clock can't wait for its answer, so its answer is told ahead, with the answers before it. */
function longer({ path, calls }: TreeNode, answers: readonly Answer[], still: number | null): Delivery[] {
  if (calls[0]?.do !== 'now') return [...path, { answers, looks: [], still }];
  const last = path.at(-1) as Delivery;
  return [...path.slice(0, -1), { ...last, looks: [...last.looks, answers[0] as number] }];
}

async function runAlong(constants: Constants, settings: Settings, root: Invocation, path: Delivery[]): Promise<Run> {
  const run = startRun(constants, settings, root);
  for (const delivery of path) await run.deliver(delivery);
  return run;
}
