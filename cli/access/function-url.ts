/** Where the reconciler's Function URL is: asked of Lambda once, then kept beside the certificates. */
import { join } from 'node:path';
import { reconcilerFunctionName } from '../../templates/names.ts';
import { serviceUrl } from '../aws/access.ts';
import { askAws, jsonOf, refusal } from '../aws/answers.ts';
import type { Installation } from '../context/installation.ts';
import { ASK_DOCTOR, Failure } from '../failure.ts';
import { keepPrivate, readPrivate } from './private-file.ts';

/** The version in Lambda's path of this operation. */
const API = '2021-10-31';

type Place = Pick<Installation, 'access' | 'context' | 'contextName'>;

/** @param fresh ask although an address is kept: it stopped working */
export async function functionUrl(installation: Place, cacheDirectory: string, fresh = false): Promise<string> {
  const path = join(cacheDirectory, 'functions', `${installationKey(installation)}.json`);
  const kept = fresh ? undefined : await readPrivate<{ url: string }>(path);
  if (typeof kept?.url === 'string') return kept.url;
  const url = await askLambda(installation);
  await keepPrivate(path, { url });
  return url;
}

async function askLambda({ access, context, contextName }: Place): Promise<string> {
  const name = reconcilerFunctionName(context.installation);
  const doing = `find the Function URL of ${name}`;
  const answer = await askAws(access, doing, {
    method: 'GET',
    url: `${serviceUrl(access, 'lambda')}/${API}/functions/${name}/url`,
    service: 'lambda',
  });
  if (answer.status === 404)
    throw new Failure('configuration', `${name} does not exist where context ${contextName} points`, {
      next: ASK_DOCTOR,
    });
  if (answer.status !== 200) throw refusal(doing, answer);
  const { FunctionUrl: url } = jsonOf<{ FunctionUrl?: string }>(doing, answer);
  if (typeof url === 'string') return url;
  throw new Failure('protocol', `Lambda gave no FunctionUrl for ${name}: ${answer.body.toString('utf8')}`, {
    next: 'bbf doctor, which says how it is set up with the bbf that is installed here',
  });
}

/** Two contexts of one name, made one after the other, are different installations. */
export function installationKey({ contextName, context }: Pick<Installation, 'contextName' | 'context'>): string {
  const parts = [contextName, context.endpoint ?? 'aws', context.region, context.bucket, context.installation];
  return parts.join('--').replaceAll(/[^A-Za-z0-9.-]+/g, '_');
}
