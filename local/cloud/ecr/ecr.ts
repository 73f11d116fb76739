/** ECR as far as templates and `bbf images release` touch it: records of repositories, and a token. Images live elsewhere; the local cloud runs programs by name. */
import { type ResourceProvider, ServiceError, type World } from '../kernel.ts';

interface Repository {
  name: string;
  createdAt: number;
  scanOnPush: boolean;
  tagMutability: string;
  tags: Record<string, string>;
}

export interface EcrState {
  repositories: Record<string, Repository>;
}

interface EcrOptions {
  world: World;
  /** URL of the registry that images are in. */
  registry?: string | undefined;
  saved?: EcrState | undefined;
}

interface Context {
  world: World;
  registry: URL;
}

interface DescribeRepositoriesInput {
  repositoryNames?: string[];
}

export function createEcr({ world, registry = ecrUrl(world), saved }: EcrOptions) {
  const context: Context = { world, registry: new URL(registry) };
  const state: EcrState = saved ?? { repositories: {} };
  const providers: ResourceProvider[] = [repositoryProvider(context, state)];
  return {
    state,
    providers,
    /** Nothing goes on here that a restart could interrupt. */
    resume() {},
    getAuthorizationToken: () => authorizationToken(context),
    describeRepositories: (input: DescribeRepositoriesInput) => describeRepositories(context, state, input),
  };
}

export type Ecr = ReturnType<typeof createEcr>;

function describeRepositories({ world, registry }: Context, state: EcrState, input: DescribeRepositoriesInput) {
  const names = input.repositoryNames ?? Object.keys(state.repositories).sort();
  return {
    repositories: names.map((name) => {
      const repository = Object.hasOwn(state.repositories, name) ? state.repositories[name] : undefined;
      if (!repository) throw notFound(world, name);
      return {
        repositoryArn: arnOf(world, name),
        registryId: world.account,
        repositoryName: name,
        repositoryUri: uriOf(registry, name),
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

function authorizationToken({ world, registry }: Context) {
  const authorizationToken = Buffer.from(`AWS:${world.uuid()}`).toString('base64');
  const expiresAt = (world.now() + TOKEN_MS) / 1000;
  return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: registry.origin }] };
}

const notFound = (world: World, name: string) =>
  new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${world.account}'`,
  );

function repositoryProvider({ world, registry }: Context, state: EcrState): ResourceProvider {
  const outcome = (name: string) => ({
    physicalId: name,
    attributes: { Arn: arnOf(world, name), RepositoryUri: uriOf(registry, name) },
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
const ecrUrl = ({ account, region }: World) => `https://${account}.dkr.ecr.${region}.amazonaws.com`;
const uriOf = (registry: URL, name: string) => `${registry.host}/${name}`;
