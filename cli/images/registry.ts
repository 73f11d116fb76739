/** The account's image registry: where its repositories are, and a password for Docker. */
import { repositoryName } from '../../templates/names.ts';
import { RELEASED_IMAGES } from '../../templates/registry.ts';
import type { AwsAccess } from '../aws/access.ts';
import { jsonCall } from '../aws/json-call.ts';
import type { Program } from '../command.ts';
import { ASK_DOCTOR, Failure } from '../failure.ts';
import { docker } from './docker.ts';

/** Repositories of the installation as HOST/NAME, by image. @throws Failure where the foundation has made none */
export async function repositories(access: AwsAccess, installation: string): Promise<Map<string, string>> {
  const names = RELEASED_IMAGES.map((image) => repositoryName(installation, image));
  const doing = 'find the image repositories';
  const found = await jsonCall<{ repositories?: { repositoryName: string; repositoryUri: string }[] }>(access, {
    ...ECR,
    doing,
    target: target('DescribeRepositories'),
    input: { repositoryNames: names },
    absent: 'RepositoryNotFoundException',
  });
  if (found === undefined)
    throw new Failure('configuration', `could not ${doing}: the foundation has made none yet`, {
      next: ASK_DOCTOR,
    });
  const { repositories = [] } = found;
  return new Map(
    repositories.map(({ repositoryName, repositoryUri }) => [repositoryName.split('/').at(-1) ?? '', repositoryUri]),
  );
}

/** Docker keeps the password as it keeps all others; it is good for twelve hours. @throws Failure (unavailable) on a local cloud without a registry */
export async function logIn(access: AwsAccess, program: Program): Promise<void> {
  interface Answer {
    authorizationData?: { authorizationToken?: string; proxyEndpoint?: string }[];
  }
  const answer = await jsonCall<Answer>(access, {
    ...ECR,
    doing: 'get a password for Docker',
    target: target('GetAuthorizationToken'),
    input: {},
  });
  const [{ authorizationToken = '', proxyEndpoint = '' } = {}] = answer?.authorizationData ?? [];
  const [user = '', password] = Buffer.from(authorizationToken, 'base64').toString('utf8').split(':');
  if (!password || !proxyEndpoint)
    throw new Failure('protocol', 'ECR answered without a token', { next: 'the same again in a minute' });
  const { host } = new URL(proxyEndpoint);
  // By the name that it has on AWS, where nobody has such an account.
  if (access.isLocalCloud && host.endsWith('.amazonaws.com'))
    throw new Failure('unavailable', `the local cloud has no registry to push to or pull from: ${host} is nowhere`, {
      next: 'bbf images release --load, which builds them for this machine, then docs/local.md',
    });
  await docker(
    {
      doing: `log in to ${host}`,
      arguments: ['login', '--username', user, '--password-stdin', host],
      input: password,
    },
    program,
  );
}

const ECR = { service: 'ecr', host: 'api.ecr' } as const;
const target = (operation: string) => `AmazonEC2ContainerRegistry_V20150921.${operation}`;
