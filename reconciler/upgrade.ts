/** An upgrade in its midst: CloudFormation changes the function's code and its environment by two calls, and what is invoked in between has one of each. */
import { DEVELOPMENT, version } from '../config-schema/version.ts';
import { isUrlEvent, type UrlAnswer, urlAnswer } from './access/function-url.ts';

/** What is wrong, where code and environment are of two versions. Unbundled sources and what they set up go with every version. */
export function mixtureIn(env: Record<string, string | undefined>, code = version): string | null {
  const deployed = env.BBF_VERSION;
  if (deployed === code || deployed === DEVELOPMENT || code === DEVELOPMENT) return null;
  const other = deployed === undefined ? 'an older bbf' : `bbf ${deployed}`;
  return `the function’s code is of bbf ${code} and its environment of ${other}, as in the midst of an upgrade: nothing is done until both are of one version; if this lasts for minutes: bbf setup`;
}

/**
 * Answers a request of the Function URL with 503.
 * @throws Error for every other event, which Lambda hands over once more a minute later; where the mixture stays, its alarm fires
 */
export async function standAside(event: unknown, mixture: string): Promise<UrlAnswer> {
  if (!isUrlEvent(event)) throw new Error(mixture);
  return urlAnswer(503, { error: 'UpgradeUnderWay', message: mixture });
}
