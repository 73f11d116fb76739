/** The installation that a command line means: its context, how to reach AWS for it, and its documents. */
import type { AwsAccess } from '../aws/access.ts';
import { type Documents, openDocuments } from '../documents.ts';
import type { Settings } from '../settings.ts';
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

/** @throws Failure (notFound) where the context does not exist, (configuration) where none is chosen */
export async function openInstallation(settings: Settings, named: string | undefined): Promise<Installation> {
  const { contextName, context, cluster } = await choose(settings, { context: named });
  refuseStranger(contextName.value, context);
  const access = accessOf(context, settings);
  const documents = openDocuments(access, context.bucket);
  return { contextName: contextName.value, context, access, documents, cluster: cluster.value };
}

export function accessOf(
  context: Pick<Context, 'region' | 'endpoint' | 'credentialsFile' | 'profile'>,
  settings: Settings,
): AwsAccess {
  return {
    region: context.region,
    endpoint: context.endpoint ?? settings.aws.endpoint,
    isLocalCloud: isLocalCloud(context),
    credentials: credentialSource(context, settings),
  };
}
