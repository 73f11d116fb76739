/** Whether a log group that somebody names is there: a task whose group is missing fails at its start, long after set-up. */
import type { AwsAccess } from '../aws/access.ts';
import { jsonCall } from '../aws/json-call.ts';
import { Failure } from '../failure.ts';

interface Page {
  logGroups?: { logGroupName: string }[];
}

/** @throws Failure (configuration) with names that begin alike */
export async function checkLogGroup(access: AwsAccess, name: string): Promise<void> {
  const named = async (prefix: string): Promise<string[]> => {
    const page = await jsonCall<Page>(access, {
      doing: `look for log group ${name}`,
      service: 'logs',
      target: 'Logs_20140328.DescribeLogGroups',
      input: { logGroupNamePrefix: prefix },
    });
    return (page?.logGroups ?? []).map(({ logGroupName }) => logGroupName);
  };
  if ((await named(name)).includes(name)) return;
  const alike = (await named(name.slice(0, Math.ceil(name.length / 2)))).slice(0, 5);
  throw new Failure('configuration', `there is no log group ${name} in ${access.region}`, {
    details: alike.length > 0 ? [`there are: ${alike.join(', ')}`] : [],
    next: `aws logs create-log-group --region ${access.region} --log-group-name ${name}, or --log-group with the name of one`,
  });
}
