/** Everything that bbf takes from its environment, read once when the program starts. */
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, homeOf } from './cache-directory.ts';
import { asksForNoColor } from './output/no-color.ts';

/** Where the environment names none. */
export const DEFAULT_EDITOR = 'vi';

export interface Settings {
  cwd: string;
  /** Path of bbf's own program; the other programs lie beside it. */
  program: string;
  /** bbf was started by a person at a terminal, whose signals reach its children as well. */
  onTerminal: boolean;
  /** Directory of config.json. */
  configDirectory: string;
  /** Directory of certificates and of a Bazel that had to be made executable. */
  cacheDirectory: string;
  /** Directory of the local cloud's state, unless `--state` names another. */
  stateDirectory: string;
  /** Context to use instead of the current one. */
  context: string | undefined;
  /** Cluster to mean instead of the one that a file names. */
  cluster: string | undefined;
  /** Bazel to run instead of the one that is looked for. */
  bazel: string | undefined;
  searchPath: string[];
  /** Builds run in containers of this machine unless the command line says otherwise. */
  buildLocal: boolean;
  /** Least workers of a build, unless the command line says otherwise; as it was typed. */
  buildWorkers: string | undefined;
  /** `user@host`, written into documents as their author where no better name is known. */
  author: string;
  aws: {
    region: string | undefined;
    profile: string | undefined;
    /** Who names that profile. */
    profileFrom: 'AWS_PROFILE' | '--profile';
    endpoint: string | undefined;
    accessKeyId: string | undefined;
    secretAccessKey: string | undefined;
    sessionToken: string | undefined;
    /** ISO instant at which those keys end, where whoever made them says so. */
    credentialExpiration: string | undefined;
    /** Of the roles that Kubernetes and CI services give. */
    webIdentityTokenFile: string | undefined;
    roleArn: string | undefined;
    /** Where a container asks for the credentials of its role: a path at ECS's own address, or a URL. */
    containerCredentials: { from: string; at: string } | undefined;
    credentialsFile: string;
    configFile: string;
  };
  /** For `bbf edit`; may have flags of its own. */
  editor: string;
  /** Who names it; undefined: nobody. */
  editorFrom: 'VISUAL' | 'EDITOR' | undefined;
  /** The environment that child processes get. */
  childEnvironment: NodeJS.ProcessEnv;
  noColor: boolean;
  /** Continuous integration: no line is ever redrawn. */
  ci: boolean;
  /** The terminal knows no cursor that moves, such as that of a shell within an editor. */
  isDumb: boolean;
}

interface Start {
  env: NodeJS.ProcessEnv;
  cwd: string;
  program: string;
  onTerminal: boolean;
}

export function readSettings({ env, ...start }: Start): Settings {
  const home = homeOf(env);
  const value = (name: string) => env[name] || undefined;
  return {
    ...start,
    configDirectory: join(value('XDG_CONFIG_HOME') ?? join(home, '.config'), 'bbf'),
    cacheDirectory: cacheDirectory(env),
    stateDirectory: join(value('XDG_STATE_HOME') ?? join(home, '.local', 'state'), 'bbf'),
    context: value('BBF_CONTEXT'),
    cluster: value('BBF_CLUSTER'),
    bazel: value('BBF_BAZEL'),
    searchPath: (value('PATH') ?? '').split(':').filter(Boolean),
    buildLocal: isOn(value('BUILD_LOCAL')),
    buildWorkers: value('BUILD_WORKERS'),
    author: `${userName(env)}@${hostname()}`,
    aws: {
      region: value('AWS_REGION') ?? value('AWS_DEFAULT_REGION'),
      profile: value('AWS_PROFILE'),
      profileFrom: 'AWS_PROFILE',
      endpoint: value('AWS_ENDPOINT_URL'),
      accessKeyId: value('AWS_ACCESS_KEY_ID'),
      secretAccessKey: value('AWS_SECRET_ACCESS_KEY'),
      sessionToken: value('AWS_SESSION_TOKEN'),
      credentialExpiration: value('AWS_CREDENTIAL_EXPIRATION'),
      webIdentityTokenFile: value('AWS_WEB_IDENTITY_TOKEN_FILE'),
      roleArn: value('AWS_ROLE_ARN'),
      containerCredentials: CONTAINER_CREDENTIALS.map(([from, origin]) => ({
        from,
        at: `${origin}${value(from) ?? ''}`,
      })).find(({ from }) => value(from)),
      credentialsFile: value('AWS_SHARED_CREDENTIALS_FILE') ?? join(home, '.aws', 'credentials'),
      configFile: value('AWS_CONFIG_FILE') ?? join(home, '.aws', 'config'),
    },
    editor: value('VISUAL') ?? value('EDITOR') ?? DEFAULT_EDITOR,
    editorFrom: (['VISUAL', 'EDITOR'] as const).find(value),
    childEnvironment: env,
    noColor: asksForNoColor(env),
    ci: value('CI') !== undefined && env.CI !== 'false',
    isDumb: env.TERM === 'dumb',
  };
}

/** In the SDK's order, each with what stands before its value (ECS developer guide, "Task IAM role"). */
const CONTAINER_CREDENTIALS = [
  ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'http://169.254.170.2'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', ''],
] as const;

const isOn = (text: string | undefined) => text !== undefined && !['0', 'false', 'no'].includes(text.toLowerCase());

/** A user id without an entry in the password file has no name. */
function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || 'unknown';
  }
}
