/** Where requests get their AWS credentials from: a profile's keys, the environment, else the AWS SDK's own chain. */
import { readFile } from 'node:fs/promises';
import type { Credentials } from '../../reconciler/aws/signed-request.ts';
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';

export interface CredentialPlace {
  credentialsFile?: string | undefined;
  profile?: string | undefined;
}

/** Asked before each request; the answer is kept until shortly before it expires. */
export function credentialSource(place: CredentialPlace, settings: Settings): () => Promise<Credentials> {
  let provider: Promise<() => Promise<Credentials>> | undefined;
  return async () => {
    provider ??= choose(place, settings);
    return (await provider)();
  };
}

async function choose(place: CredentialPlace, settings: Settings): Promise<() => Promise<Credentials>> {
  const environment = fromEnvironment(settings);
  const explicitProfile = place.profile ?? settings.aws.profile;
  if (explicitProfile === undefined && environment !== undefined) return async () => environment;
  const file = place.credentialsFile ?? settings.aws.credentialsFile;
  const profile = explicitProfile ?? 'default';
  const keys = await keysOfProfile(file, profile);
  if (keys !== undefined) return async () => keys;
  if (place.credentialsFile !== undefined)
    throw new Failure('permission', `${file} has no keys for profile ${profile}`, {
      next: 'bbf local up, which writes them, or bbf use CONTEXT',
    });
  const { sdkCredentials } = await import('./sdk-credentials.ts');
  return sdkCredentials(explicitProfile);
}

function fromEnvironment(settings: Settings): Credentials | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, credentialExpiration } = settings.aws;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const end = Date.parse(credentialExpiration ?? '');
  return { accessKeyId, secretAccessKey, sessionToken, ...(Number.isNaN(end) ? {} : { endsAt: end }) };
}

async function keysOfProfile(path: string, profile: string): Promise<Credentials | undefined> {
  try {
    return parseCredentials(await readFile(path, 'utf8'))[profile];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('permission', `${path} can't be read: ${(error as Error).message}`, { next: `ls -l ${path}` });
  }
}

/** Profiles that hold keys themselves; those that point elsewhere (SSO, a role) are left out. */
export function parseCredentials(text: string): Record<string, Credentials> {
  const profiles: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[(?:profile\s+)?([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (heading !== undefined) section = profiles[heading] ??= {};
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (heading === undefined && name !== undefined) section[name.toLowerCase()] = value ?? '';
  }
  const found: Record<string, Credentials> = {};
  for (const [name, values] of Object.entries(profiles)) {
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values;
    if (accessKeyId && secretAccessKey)
      found[name] = { accessKeyId, secretAccessKey, sessionToken: values.aws_session_token || undefined };
  }
  return found;
}
