/** What a check of `bbf doctor` is, and what the checks before it have found out for it. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Status } from '../../config-schema/documents.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import type { DocumentFacts } from '../explain/finding.ts';
import type { CallerIdentity } from '../setup/identity.ts';

export type CheckState = 'ok' | 'warning' | 'failed' | 'skipped';

/** One thing that was looked at. */
export interface Outcome {
  state: CheckState;
  /** Name of the cluster, rule or stack where a check looks at several. */
  about?: string;
  seen: string;
  /** Command or change that mends it; absent where all is well. */
  next?: string;
}

export interface ClusterFacts {
  name: string;
  /** Of its document; null: there is none. */
  document: DocumentFacts | null;
  status: Status | null;
}

/** Each is there once the check that is named in `providers` has found it out. */
interface Facts {
  installation: Installation;
  /** Milliseconds by which the other side's clock is ahead of ours. */
  skewMs: number;
  identity: CallerIdentity;
  /** Its name, once it may be read. */
  bucket: string;
  clusters: ClusterFacts[];
  foundation: Stack;
  /** ARN. */
  function: string;
  /** PEM, several in one text. */
  authorities: string;
}

export const providers: Record<keyof Facts, string> = {
  installation: 'context',
  skewMs: 'endpoint',
  identity: 'credentials',
  bucket: 'bucket',
  clusters: 'heartbeat',
  foundation: 'foundation',
  function: 'reconciler',
  authorities: 'authorities',
};

export interface Examination {
  program: Program;
  /** `--context` */
  context: string | undefined;
  facts: Partial<Facts>;
}

export interface Check {
  id: string;
  /** What it looks at, in a few words. */
  title: string;
  /** Why it matters, for whoever it fails for. */
  why: string;
  needs: (keyof Facts)[];
  /** What it throws counts as failed. It adds what it finds out to the facts. */
  run(examination: Examination): Promise<Outcome | Outcome[]>;
}

export const ok = (seen: string, about?: string): Outcome => outcome('ok', seen, undefined, about);
export const warning = (seen: string, next: string, about?: string): Outcome => outcome('warning', seen, next, about);
export const failed = (seen: string, next: string, about?: string): Outcome => outcome('failed', seen, next, about);

function outcome(state: CheckState, seen: string, next?: string, about?: string): Outcome {
  return { state, seen, ...(next === undefined ? {} : { next }), ...(about === undefined ? {} : { about }) };
}

/** A fact that `needs` promises. */
export function fact<Name extends keyof Facts>({ facts }: Examination, name: Name): Facts[Name] {
  const value = facts[name];
  if (value === undefined) throw new Error(`the check does not name ${name} among what it needs`);
  return value as Facts[Name];
}
