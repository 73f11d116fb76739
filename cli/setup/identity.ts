/** Who the credentials belong to. */
import type { AwsAccess } from '../aws/access.ts';
import { refusal } from '../aws/answers.ts';
import { queryCall } from '../aws/query-call.ts';
import { element } from '../aws/xml.ts';
import { Failure } from '../failure.ts';

export interface CallerIdentity {
  /** Twelve digits. */
  account: string;
  arn: string;
}

export async function callerIdentity(access: AwsAccess): Promise<CallerIdentity> {
  const doing = 'ask AWS who you are';
  const answer = await queryCall(access, { doing, service: 'sts', parameters: { Action: 'GetCallerIdentity' } });
  if (answer.status !== 200) throw refusal(doing, answer);
  const xml = answer.body.toString('utf8');
  const [account = '', arn = ''] = [element(xml, 'Account'), element(xml, 'Arn')];
  if (/^\d{12}$/.test(account) && arn !== '') return { account, arn };
  throw new Failure('protocol', `AWS named no account and ARN: ${xml.slice(0, 200)}`, {
    next: 'aws sts get-caller-identity, to see whether something else answers in its place',
  });
}
