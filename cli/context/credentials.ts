/** Where requests get their AWS credentials from: a profile's keys, the environment, else the AWS SDK's own chain. */
import { readFileSync } from 'node:fs';
import type { Credentials } from '../../reconciler/aws/signed-request.ts';
import { Failure } from '../failure.ts';
import { optionalText } from '../optional-text.ts';
import type { Settings } from '../settings.ts';
import { profilesIn } from './aws-profiles.ts';

interface CredentialPlace {
  credentialsFile?: string | undefined;
  profile?: string | undefined;
  /** What to type for the local cloud where there are none. */
  toLocalCloud?: string | undefined;
}

/** For whoever asks no context. */
export const LOCAL_ENV = 'eval "$(bbf local env)"';

/** Asked before each request; the answer is kept until shortly before it expires. */
export function credentialSource(place: CredentialPlace, settings: Settings): () => Promise<Credentials> {
  let provider: Promise<() => Promise<Credentials>> | undefined;
  return async () => {
    provider ??= open(place, settings);
    return (await provider)();
  };
}

type Where = { keys: Credentials } | { file: string; profile: string; alone: boolean; chosen: string | undefined };

/**
 * Which credentials are used, and who says so. A context with a file of its own (the local cloud's) stands alone; else the profile of the command line
 * or of AWS_PROFILE, then keys in the environment, then the context's profile. Of AWS_PROFILE and keys in the environment the AWS CLI takes the keys;
 * bbf takes the profile, as the AWS SDK for JavaScript does.
 * @throws Failure (usage) where the command line names a profile that could not be used
 */
export function credentialPlace(
  { credentialsFile, profile }: CredentialPlace,
  settings: Settings,
): { where: Where; what: string; from: string } {
  const { aws } = settings;
  const ofProfile = (file: string, name: string | undefined, alone: boolean, from: string) => ({
    where: { file, profile: name ?? 'default', alone, chosen: name },
    what: `profile ${name ?? 'default'}${alone ? ` in ${file}` : ''}`,
    from,
  });
  if (credentialsFile !== undefined && aws.profileFrom === '--profile')
    throw new Failure(
      'usage',
      `--profile=${aws.profile} changes nothing: this context has its own ${credentialsFile}`,
      {
        next: 'the same without --profile, or with another --context',
      },
    );
  if (credentialsFile !== undefined) return ofProfile(credentialsFile, profile ?? 'default', true, 'the context');
  if (aws.profile !== undefined) return ofProfile(aws.credentialsFile, aws.profile, false, aws.profileFrom);
  const keys = fromEnvironment(settings);
  if (keys !== undefined) return { where: { keys }, what: `key ${keys.accessKeyId}`, from: 'AWS_ACCESS_KEY_ID' };
  if (profile !== undefined) return ofProfile(aws.credentialsFile, profile, false, 'the context');
  return ofProfile(aws.credentialsFile, undefined, false, 'default');
}

async function open(place: CredentialPlace, settings: Settings): Promise<() => Promise<Credentials>> {
  const { where } = credentialPlace(place, settings);
  if ('keys' in where) return async () => where.keys;
  const keys = assumesRole(where, settings) ? undefined : keysOfProfile(where.file, where.profile);
  if (keys !== undefined) return async () => keys;
  if (where.alone)
    throw new Failure('permission', `${where.file} has no keys for profile ${where.profile}`, {
      next: 'bbf local up, which writes them, or bbf use CONTEXT',
    });
  const { sdkCredentials } = await import('./sdk-credentials.ts');
  return sdkCredentials(where.chosen, settings, place.toLocalCloud);
}

/** Then its keys are those that assume the role: the SDK takes the role first, as the AWS CLI does. */
function assumesRole({ file, profile, alone }: Extract<Where, { file: string }>, { aws }: Settings): boolean {
  if (alone) return false;
  return [aws.configFile, file].some((path) => profilesIn(optionalText(path))[profile]?.role_arn !== undefined);
}

function fromEnvironment(settings: Settings): Credentials | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, credentialExpiration } = settings.aws;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const end = Date.parse(credentialExpiration ?? '');
  return { accessKeyId, secretAccessKey, sessionToken, ...(Number.isNaN(end) ? {} : { endsAt: end }) };
}

function keysOfProfile(path: string, profile: string): Credentials | undefined {
  try {
    return parseCredentials(readFileSync(path, 'utf8'))[profile];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('permission', `${path} can't be read: ${(error as Error).message}`, { next: `ls -l ${path}` });
  }
}

/** Profiles that hold keys themselves; those that point elsewhere (SSO, a role) are left out. */
export function parseCredentials(text: string): Record<string, Credentials> {
  const found: Record<string, Credentials> = {};
  for (const [name, values] of Object.entries(profilesIn(text))) {
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values;
    if (accessKeyId && secretAccessKey)
      found[name] = { accessKeyId, secretAccessKey, sessionToken: values.aws_session_token || undefined };
  }
  return found;
}
