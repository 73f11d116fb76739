/** The AWS profile that the command line names, in the place of the environment's. */
import type { Program } from '../command.ts';

export function withProfile(program: Program, profile: string | undefined): Program {
  if (profile === undefined) return program;
  const { settings } = program;
  return { ...program, settings: { ...settings, aws: { ...settings.aws, profile, profileFrom: '--profile' } } };
}
