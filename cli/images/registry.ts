/** The account's image registry: where its repositories are, and a password for Docker. */
import { repositoryName } from '../../templates/names.ts';
import { RELEASED_IMAGES } from '../../templates/registry.ts';
import { type AwsAccess, serviceUrl } from '../aws/access.ts';
import { askAws, refusal } from '../aws/answers.ts';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { docker } from './docker.ts';

/** Repositories of the installation as HOST/NAME, by image. @throws Failure where the foundation has made none */
export async function repositories(access: AwsAccess, installation: string): Promise<Map<string, string>> {
  const names = RELEASED_IMAGES.map((image) => repositoryName(installation, image));
  const { repositories = [] } = await ask<{ repositories?: { repositoryName: string; repositoryUri: string }[] }>(
    access,
    'DescribeRepositories',
    { repositoryNames: names },
    'find the image repositories',
  );
  return new Map(
    repositories.map(({ repositoryName, repositoryUri }) => [repositoryName.split('/').at(-1) ?? '', repositoryUri]),
  );
}

/** Docker keeps the password as it keeps all others; it is good for twelve hours. */
export async function logIn(access: AwsAccess, program: Program): Promise<void> {
  interface Answer {
    authorizationData?: { authorizationToken?: string; proxyEndpoint?: string }[];
  }
  const { authorizationData = [] } = await ask<Answer>(
    access,
    'GetAuthorizationToken',
    {},
    'get a password for Docker',
  );
  const [{ authorizationToken = '', proxyEndpoint = '' } = {}] = authorizationData;
  const [user = '', password] = Buffer.from(authorizationToken, 'base64').toString('utf8').split(':');
  if (!password || !proxyEndpoint)
    throw new Failure('protocol', 'ECR answered without a token', { next: 'the same again in a minute' });
  await docker(
    {
      doing: `log in to ${new URL(proxyEndpoint).host}`,
      arguments: ['login', '--username', user, '--password-stdin', new URL(proxyEndpoint).host],
      input: password,
    },
    program,
  );
}

async function ask<A>(access: AwsAccess, operation: string, body: object, doing: string): Promise<A> {
  const answer = await askAws(doing, {
    method: 'POST',
    url: `${serviceUrl(access, 'api.ecr')}/`,
    service: 'ecr',
    region: access.region,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`,
    },
    body: JSON.stringify(body),
    credentials: access.credentials,
  });
  if (answer.status === 200) return JSON.parse(answer.body.toString('utf8')) as A;
  if (answer.body.includes('RepositoryNotFoundException'))
    throw new Failure('configuration', `could not ${doing}: the foundation has made none yet`, { next: 'bbf setup' });
  throw refusal(doing, answer);
}
