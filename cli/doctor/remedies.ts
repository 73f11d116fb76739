/** Commands that mend what a check found, with the names of this installation put in. */
import { DEFAULT_INSTALLATION, reconcilerFunctionName } from '../../templates/names.ts';
import type { Examination } from './check.ts';

/** Set-up repairs the bucket and brings function and foundation up to date; what was chosen before stays. */
export function setUpAgain({ facts }: Examination): string {
  const { installation } = facts;
  if (installation === undefined) return 'bbf setup';
  const { contextName, context, access } = installation;
  if (access.isLocalCloud) return 'bbf local down, then bbf local up';
  const names = [`--region=${context.region}`, `--name=${context.installation}`];
  return ['bbf setup', `--context=${contextName}`, ...names].join(' ');
}

/** `command`: what follows `aws`. */
export function awsCommand({ facts }: Examination, command: string): string {
  const { installation } = facts;
  const { isLocalCloud, endpoint, region } = installation?.access ?? {};
  if (isLocalCloud) return `eval "$(bbf local env)" && aws ${command}`;
  return [`aws ${command} --region ${region}`, ...(endpoint === undefined ? [] : [`--endpoint-url ${endpoint}`])].join(
    ' ',
  );
}

/** What the reconciler itself says of its troubles. */
export function readLog(examination: Examination): string {
  const name = reconcilerFunctionName(examination.facts.installation?.context.installation ?? DEFAULT_INSTALLATION);
  return `see the checks below, then the reconciler’s log: ${awsCommand(examination, `logs tail /aws/lambda/${name}`)}`;
}
