/** The installation that a command line means: its context, how to reach AWS for it, and its documents. */
import type { AwsAccess, Patience } from '../aws/access.ts';
import type { Program } from '../command.ts';
import { type Documents, openDocuments } from '../documents.ts';
import { notesOf, tellOnce } from '../output/notes.ts';
import type { Settings } from '../settings.ts';
import type { WaitChoice } from '../wait-choice.ts';
import { choose } from './choices.ts';
import { type Context, isLocalCloud } from './config.ts';
import { credentialSource } from './credentials.ts';
import { refuseStranger } from './listener.ts';

export interface Installation {
  /** Name of the context. */
  contextName: string;
  context: Context;
  access: AwsAccess;
  documents: Documents;
  /** The cluster that is meant where none is named. */
  cluster: string;
}

/** Who asks, and has something said to while AWS is silent. */
type Asker = Pick<Program, 'settings'> & Partial<Pick<Program, 'terminal'>>;
/** How long whoever asks waits; absent: as long as it takes. */
export type Wait = Partial<Pick<WaitChoice, 'timeoutMs' | 'quiet'>>;

/** @throws Failure (notFound) where the context does not exist, (configuration) where none is chosen */
export async function openInstallation(
  { settings, terminal }: Asker,
  named: string | undefined,
  wait: Wait = {},
): Promise<Installation> {
  const { contextName, context, cluster } = await choose(settings, { context: named });
  refuseStranger(contextName.value, context);
  const access = { ...accessOf(context, settings), patience: patienceOf(wait, terminal) };
  const documents = openDocuments(access, context.bucket);
  return { contextName: contextName.value, context, access, documents, cluster: cluster.value };
}

/** However short a wait shall be, an answer takes its time. */
const LEAST_MS = 5_000;

function patienceOf({ timeoutMs, quiet }: Wait, terminal: Program['terminal'] | undefined): Patience {
  const note = terminal && tellOnce(notesOf({ terminal }, quiet));
  return { note, timeoutMs: timeoutMs === undefined ? undefined : Math.max(timeoutMs, LEAST_MS) };
}

export function accessOf(
  context: Pick<Context, 'region' | 'endpoint' | 'credentialsFile' | 'profile'> & { toLocalCloud?: string },
  settings: Settings,
): AwsAccess {
  return {
    region: context.region,
    endpoint: context.endpoint ?? settings.aws.endpoint,
    isLocalCloud: isLocalCloud(context),
    credentials: credentialSource(context, settings),
  };
}
