/** The installation that a command line means: its context, how to reach AWS for it, and its documents. */
import type { AwsAccess } from '../aws/access.ts';
import { type Documents, openDocuments } from '../documents.ts';
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { suggestion } from '../suggest.ts';
import { type Context, configPath, readConfig } from './config.ts';
import { credentialSource } from './credentials.ts';

export interface Installation {
  /** Name of the context. */
  contextName: string;
  context: Context;
  access: AwsAccess;
  documents: Documents;
}

/** @throws Failure (notFound) where the context does not exist, (configuration) where none is current */
export async function openInstallation(settings: Settings, named: string | undefined): Promise<Installation> {
  const { current, contexts } = await readConfig(settings);
  const contextName = named ?? settings.context ?? current;
  if (contextName === undefined)
    throw new Failure('configuration', `no context is chosen in ${configPath(settings)}`, {
      next: 'bbf local up (this machine), bbf setup (AWS), or bbf use CONTEXT',
    });
  const context = findContext(contexts, contextName);
  const access = accessOf(context, settings);
  return { contextName, context, access, documents: openDocuments(access, context.bucket) };
}

export function findContext(contexts: Record<string, Context>, name: string): Context {
  const context = contexts[name];
  if (context !== undefined) return context;
  const hint = suggestion(name, Object.keys(contexts));
  throw new Failure('notFound', `there is no context ${name}${hint}`, {
    next: name === 'local' ? 'bbf local up' : 'bbf contexts',
  });
}

export function accessOf(
  context: Pick<Context, 'region' | 'endpoint' | 'credentialsFile' | 'profile'>,
  settings: Settings,
): AwsAccess {
  return {
    region: context.region,
    endpoint: context.endpoint,
    credentials: credentialSource(context, settings),
  };
}
