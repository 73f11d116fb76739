/**
 * Why there are no credentials, from what the profile says of where they come from: the SDK's own error is about the last place that it
 * tried, and most often that nothing was found anywhere.
 */
import { Failure } from '../failure.ts';
import { optionalText } from '../optional-text.ts';
import type { Settings } from '../settings.ts';
import { suggestion } from '../suggest.ts';
import { profilesIn } from './aws-profiles.ts';

/** The SDK's names; any other error is of the network, or of the rights of who logged in. */
const SESSION_OVER = new Set(['CredentialsProviderError', 'TokenProviderError', 'UnauthorizedException']);

/** Of Node, where no answer came, and of the SDK, which gives up waiting. */
const NO_ANSWER = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'],
  'TimeoutError',
]);

/** A wait goes on where AWS may answer the next time. */
function kindOf(error: Error): 'unavailable' | 'permission' {
  const { code = '', name, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return NO_ANSWER.has(code) || NO_ANSWER.has(name) || status === 429 || status >= 500 ? 'unavailable' : 'permission';
}

type Profiles = Record<string, Record<string, string>>;

/**
 * @param named the profile that was named, or undefined
 * @param toLocalCloud what to type for the local cloud instead: where no context is asked, choosing one changes nothing
 */
export function noCredentials(
  error: Error,
  named: string | undefined,
  { aws }: Pick<Settings, 'aws'>,
  toLocalCloud = 'bbf use local',
): Failure {
  const profiles = merged(profilesIn(optionalText(aws.configFile)), profilesIn(optionalText(aws.credentialsFile)));
  const name = named ?? 'default';
  const why = [error.message];
  const ofEnvironment = named === undefined ? roleOfEnvironment(error, aws, toLocalCloud) : undefined;
  if (profiles[name] === undefined)
    return ofEnvironment ?? (named === undefined ? nowhere(aws, toLocalCloud) : noProfile(named, profiles, aws));
  const { at, settings } = source(profiles, name);
  if (settings.sso_session !== undefined || settings.sso_start_url !== undefined)
    return SESSION_OVER.has(error.name)
      ? new Failure('permission', `the AWS SSO session of profile ${at} has ended, or was never begun`, {
          details: why,
          next: `aws sso login --profile ${at}`,
        })
      : new Failure('unavailable', `AWS SSO gave profile ${at} no credentials`, {
          details: why,
          next: `aws sts get-caller-identity --profile ${at}, to see whether it does now`,
        });
  if (settings.credential_process !== undefined)
    return new Failure('permission', `profile ${at} has its credentials from a program, which gave none`, {
      details: why,
      next: settings.credential_process,
    });
  if (profiles[name]?.role_arn !== undefined)
    return new Failure(kindOf(error), `profile ${name} could not take the role ${profiles[name]?.role_arn}`, {
      details: why,
      next: `aws sts get-caller-identity --profile ${name}`,
    });
  if (ofEnvironment !== undefined) return ofEnvironment;
  return new Failure('permission', `profile ${name} has no keys, and does not say where to get any`, {
    details: why,
    next: `aws configure --profile ${name}, or aws configure sso --profile ${name}`,
  });
}

/** Roles are taken with the credentials of another profile. */
function source(profiles: Profiles, name: string): { at: string; settings: Record<string, string> } {
  const seen = new Set<string>();
  let at = name;
  while (profiles[at]?.source_profile !== undefined && !seen.has(at)) {
    seen.add(at);
    at = profiles[at]?.source_profile ?? at;
  }
  return { at, settings: profiles[at] ?? {} };
}

/** Asked where no profile has any: undefined where the environment names none either. */
function roleOfEnvironment(error: Error, aws: Settings['aws'], toLocalCloud: string): Failure | undefined {
  const { webIdentityTokenFile: file, roleArn, containerCredentials: container } = aws;
  const details = [error.message];
  if (file !== undefined && roleArn !== undefined) {
    const message = `AWS STS gave no credentials of role ${roleArn} for the token in AWS_WEB_IDENTITY_TOKEN_FILE, ${file}`;
    const next =
      'aws sts get-caller-identity, which asks the same; the trust policy of the role says whose tokens it takes';
    return new Failure(kindOf(error), message, { details, next });
  }
  if (container !== undefined) {
    const message = `${container.from} is set, and ${container.at} gave no credentials`;
    return new Failure(kindOf(error), message, {
      details,
      next: `curl -i ${container.at}, which shows whether anything answers there`,
    });
  }
  if (file === undefined) return undefined;
  return new Failure(
    'permission',
    'no AWS credentials were found: AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not',
    {
      next: `set both, AWS_PROFILE=NAME bbf …, or ${toLocalCloud}`,
    },
  );
}

function noProfile(name: string, profiles: Profiles, { configFile, credentialsFile }: Settings['aws']): Failure {
  const known = Object.keys(profiles).filter((other) => !other.includes(' '));
  const message = `neither ${configFile} nor ${credentialsFile} has a profile ${name}${suggestion(name, known)}`;
  return new Failure('permission', message, { next: 'aws configure list-profiles' });
}

function nowhere(
  { configFile, credentialsFile, accessKeyId, secretAccessKey }: Settings['aws'],
  toLocalCloud: string,
): Failure {
  const [key, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const [set, missing] = accessKeyId === undefined ? [secret, key] : [key, secret];
    return new Failure('permission', `no AWS credentials were found: ${set} is set, and ${missing} is not`, {
      next: `set both, AWS_PROFILE=NAME bbf …, or ${toLocalCloud}`,
    });
  }
  const places = `neither AWS_ACCESS_KEY_ID, nor a default profile in ${configFile} or ${credentialsFile}, nor a role of this machine`;
  return new Failure('permission', `no AWS credentials were found: ${places}`, {
    next: `AWS_PROFILE=NAME bbf …, aws configure, or ${toLocalCloud}`,
  });
}

function merged(one: Profiles, other: Profiles): Profiles {
  const all = { ...one };
  for (const [name, settings] of Object.entries(other)) all[name] = { ...all[name], ...settings };
  return all;
}
