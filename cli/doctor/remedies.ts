/** Commands that mend what a check found, with the names of this installation put in. */
import { DEFAULT_INSTALLATION, reconcilerFunctionName } from '../../templates/names.ts';
import type { Examination } from './check.ts';

/** Set-up repairs the bucket and brings function and foundation up to date; what was chosen before stays. */
export function setUpAgain({ facts, program }: Examination): string {
  const { installation } = facts;
  if (installation === undefined) return 'bbf setup';
  const { contextName, context, access } = installation;
  if (access.endpoint !== undefined && program.settings.aws.endpoint === undefined)
    return 'bbf local down, then bbf local up';
  const names = [`--region=${context.region}`, `--name=${context.installation}`];
  return ['bbf setup', `--context=${contextName}`, ...names].join(' ');
}

/** `command`: what follows `aws`. */
export function awsCommand({ facts }: Examination, command: string): string {
  const { installation } = facts;
  if (installation?.access.endpoint === undefined) return `aws ${command} --region ${installation?.context.region}`;
  return `eval "$(bbf local env)" && aws ${command}`;
}

/** What the reconciler itself says of its troubles. */
export function readLog(examination: Examination): string {
  const name = reconcilerFunctionName(examination.facts.installation?.context.installation ?? DEFAULT_INSTALLATION);
  return `see the checks below, then the reconciler’s log: ${awsCommand(examination, `logs tail /aws/lambda/${name}`)}`;
}
