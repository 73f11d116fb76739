/** ECR as far as templates and `bbf images release` touch it: records of repositories, and a token. Images live elsewhere; the local cloud runs programs by name. */
import { type ResourceProvider, ServiceError, type World } from '../kernel.ts';

export interface Repository {
  name: string;
  createdAt: number;
  scanOnPush: boolean;
  tagMutability: string;
  tags: Record<string, string>;
}

export interface EcrState {
  repositories: Record<string, Repository>;
}

export interface EcrOptions {
  world: World;
  saved?: EcrState | undefined;
}

export interface DescribeRepositoriesInput {
  repositoryNames?: string[];
}

export function createEcr({ world, saved }: EcrOptions) {
  const state: EcrState = saved ?? { repositories: {} };
  const providers: ResourceProvider[] = [repositoryProvider(world, state)];
  return {
    state,
    providers,
    /** Nothing goes on here that a restart could interrupt. */
    resume() {},
    getAuthorizationToken: () => authorizationToken(world),
    describeRepositories: (input: DescribeRepositoriesInput) => describeRepositories(world, state, input),
  };
}

export type Ecr = ReturnType<typeof createEcr>;

function describeRepositories(world: World, state: EcrState, input: DescribeRepositoriesInput) {
  const names = input.repositoryNames ?? Object.keys(state.repositories).sort();
  return {
    repositories: names.map((name) => {
      const repository = Object.hasOwn(state.repositories, name) ? state.repositories[name] : undefined;
      if (!repository) throw notFound(world, name);
      return {
        repositoryArn: arnOf(world, name),
        registryId: world.account,
        repositoryName: name,
        repositoryUri: uriOf(world, name),
        createdAt: repository.createdAt / 1000,
        imageTagMutability: repository.tagMutability,
        imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
        encryptionConfiguration: { encryptionType: 'AES256' },
      };
    }),
  };
}

/** API reference, GetAuthorizationToken: valid for twelve hours, user name and password as for HTTP's basic authentication. */
const TOKEN_MS = 12 * 3_600_000;

function authorizationToken(world: World) {
  const authorizationToken = Buffer.from(`AWS:${world.uuid()}`).toString('base64');
  const expiresAt = (world.now() + TOKEN_MS) / 1000;
  const proxyEndpoint = `https://${world.account}.dkr.ecr.${world.region}.amazonaws.com`;
  return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint }] };
}

const notFound = (world: World, name: string) =>
  new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${world.account}'`,
  );

function repositoryProvider(world: World, state: EcrState): ResourceProvider {
  const outcome = (name: string) => ({
    physicalId: name,
    attributes: { Arn: arnOf(world, name), RepositoryUri: uriOf(world, name) },
  });
  return {
    type: 'AWS::ECR::Repository',
    replacedBy: ['RepositoryName', 'EncryptionConfiguration'],
    create(properties, context) {
      const name = String(properties.RepositoryName ?? context.generatedName().toLowerCase());
      if (Object.hasOwn(state.repositories, name)) {
        throw new ServiceError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${name}' already exists in the registry with id '${world.account}'`,
        );
      }
      state.repositories[name] = { name, createdAt: world.now(), ...settings(properties, context.tags) };
      world.changed('ecr');
      return outcome(name);
    },
    update(name, before, after, context) {
      if (before.RepositoryName !== after.RepositoryName) return 'replace';
      const repository = state.repositories[name];
      if (!repository) throw notFound(world, name);
      Object.assign(repository, settings(after, context.tags));
      world.changed('ecr');
      return outcome(name);
    },
    delete(name) {
      delete state.repositories[name];
      world.changed('ecr');
    },
  };
}

function settings(properties: Record<string, unknown>, stackTags: Record<string, string>) {
  const scanning = properties.ImageScanningConfiguration as { ScanOnPush?: unknown } | undefined;
  const own = Array.isArray(properties.Tags) ? (properties.Tags as { Key?: unknown; Value?: unknown }[]) : [];
  return {
    scanOnPush: String(scanning?.ScanOnPush ?? false) === 'true',
    tagMutability: String(properties.ImageTagMutability ?? 'MUTABLE'),
    tags: { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [String(Key), String(Value ?? '')])) },
  };
}

const arnOf = (world: World, name: string) => `arn:aws:ecr:${world.region}:${world.account}:repository/${name}`;
const uriOf = (world: World, name: string) => `${world.account}.dkr.ecr.${world.region}.amazonaws.com/${name}`;
