/** The AWS profile that the command line names, in the place of the environment's. */
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';

/** @throws Failure (usage) for no name at all, which the AWS SDK would take for none */
export function withProfile(program: Program, profile: string | undefined): Program {
  if (profile === undefined) return program;
  if (profile === '')
    throw new Failure('usage', '--profile needs a value, and none was given', { next: 'aws configure list-profiles' });
  const { settings } = program;
  return { ...program, settings: { ...settings, aws: { ...settings.aws, profile, profileFrom: '--profile' } } };
}
