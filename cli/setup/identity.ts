/** Who the credentials belong to. */
import { type AwsAccess, serviceUrl } from '../aws/access.ts';
import { askAws, refusal } from '../aws/answers.ts';
import { Failure } from '../failure.ts';

export interface CallerIdentity {
  /** Twelve digits. */
  account: string;
  arn: string;
}

export async function callerIdentity(access: AwsAccess): Promise<CallerIdentity> {
  const doing = 'ask AWS who you are';
  const answer = await askAws(doing, {
    method: 'POST',
    url: `${serviceUrl(access, 'sts')}/`,
    service: 'sts',
    region: access.region,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    credentials: access.credentials,
  });
  if (answer.status !== 200) throw refusal(doing, answer);
  const xml = answer.body.toString('utf8');
  const account = /<Account>(\d{12})<\/Account>/.exec(xml)?.[1];
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(xml)?.[1];
  if (account !== undefined && arn !== undefined) return { account, arn };
  throw new Failure('protocol', `AWS named no account and ARN: ${xml.slice(0, 200)}`, {
    next: 'aws sts get-caller-identity, to see whether something else answers in its place',
  });
}
