/** The reconciler's function, as Lambda describes it. */
import { reconcilerFunctionName } from '../../templates/names.ts';
import { type AwsAccess, serviceUrl } from './access.ts';
import { askAws, jsonOf, refusal } from './answers.ts';

interface FunctionConfiguration {
  FunctionArn?: string;
  Description?: string;
  State?: string;
  StateReason?: string;
  LastUpdateStatus?: string;
}

/** The version in Lambda's path of this operation. */
const API = '2015-03-31';

/** undefined where there is none, whatever its stack says. */
export async function reconcilerFunction(
  access: AwsAccess,
  installation: string,
): Promise<FunctionConfiguration | undefined> {
  const name = reconcilerFunctionName(installation);
  const url = `${serviceUrl(access, 'lambda')}/${API}/functions/${name}/configuration`;
  const doing = `look at function ${name}`;
  const answer = await askAws(access, doing, { method: 'GET', url, service: 'lambda' });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(doing, answer);
  return jsonOf<FunctionConfiguration>(doing, answer);
}
