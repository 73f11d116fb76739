/** The region that nobody has typed: of the environment, else of the AWS profile that is in use, as the AWS CLI takes it. */
import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { profilesIn } from './aws-profiles.ts';

/** @param command that wants one, for the message. @throws Failure (usage) where nothing names a region */
export function chosenRegion({ aws }: Settings, command: string): string {
  const region = aws.region ?? regionOfProfile(aws);
  if (region !== undefined) return region;
  const message = `${command} needs a region: none was given, AWS_REGION is not set, and profile ${profileOf(aws)} names none`;
  throw new Failure('usage', message, { next: `${command} --region=eu-west-3` });
}

const profileOf = ({ profile }: Settings['aws']): string => profile ?? 'default';

function regionOfProfile(aws: Settings['aws']): string | undefined {
  const regions = [aws.configFile, aws.credentialsFile].map(
    (path) => profilesIn(textOf(path))[profileOf(aws)]?.region || undefined,
  );
  return regions.find((region) => region !== undefined);
}

/** What can't be read names nothing; whoever asks for its credentials is told why. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
