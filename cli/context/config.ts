/** The file that names installations: `config.json`, with one context for each and the current one. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { replaceFile } from '../replace-file.ts';
import type { Settings } from '../settings.ts';

export interface Context {
  region: string;
  bucket: string;
  installation: string;
  /** Base URL of every AWS service; absent: AWS's own. */
  endpoint?: string;
  /** File in the format of `~/.aws/credentials`; absent: that file. */
  credentialsFile?: string;
  profile?: string;
  /** Cluster that commands mean when they name none; absent: main. */
  cluster?: string;
}

/** `bbf local up` alone gives a context a file of its own. */
export const isLocalCloud = ({ credentialsFile }: Pick<Context, 'credentialsFile'>) => credentialsFile !== undefined;

/** A later bbf may have written more, which stays. */
export interface Config {
  current: string | undefined;
  contexts: Record<string, Context>;
}

export function configPath(settings: Settings): string {
  return join(settings.configDirectory, 'config.json');
}

/** At once: for one small file Node's promises take longer to load than it. No file is an empty configuration. @throws Failure (configuration) for a file that can't be understood */
export async function readConfig(settings: Settings): Promise<Config> {
  const path = configPath(settings);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: undefined, contexts: {} };
    throw new Failure('configuration', `${path} can't be read: ${(error as Error).message}`, { next: `ls -l ${path}` });
  }
  return parseConfig(text, path);
}

function parseConfig(text: string, path: string): Config {
  const next = `correct ${path}, or remove it and run bbf local up or bbf setup`;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Failure('configuration', `${path} is not JSON: ${(error as Error).message}`, { next });
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Failure('configuration', `${path} is ${text.trim().slice(0, 40)}, which is no object`, { next });
  const { current, contexts, ...others } = raw as { current?: string; contexts?: Record<string, Partial<Context>> };
  for (const [name, context] of Object.entries(contexts ?? {}))
    for (const field of ['region', 'bucket', 'installation'] as const)
      if (typeof context?.[field] !== 'string')
        throw new Failure('configuration', `context ${name} in ${path} has no ${field}`, { next });
  return { ...others, current, contexts: (contexts ?? {}) as Record<string, Context> };
}

export async function writeConfig(settings: Settings, config: Config): Promise<void> {
  mkdirSync(settings.configDirectory, { recursive: true });
  replaceFile(configPath(settings), `${JSON.stringify(config, null, 2)}\n`);
}

/** Adds or replaces a context and makes it the current one. */
export async function saveContext(settings: Settings, name: string, context: Context): Promise<void> {
  const config = await readConfig(settings);
  await writeConfig(settings, { ...config, current: name, contexts: { ...config.contexts, [name]: context } });
}

/** Chooses none where it was the current one. */
export async function removeContext(settings: Settings, name: string): Promise<void> {
  const config = await readConfig(settings);
  const { [name]: _, ...contexts } = config.contexts;
  await writeConfig(settings, { ...config, current: config.current === name ? undefined : config.current, contexts });
}
