/** `.bbf.json`, nearest upwards from where bbf was started: what a repository says of its installation and cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { ancestors } from './ancestors.ts';

const PROJECT_FILE = '.bbf.json';

/** An installation that its users need not have set up themselves. It has no endpoint and no credentials: whose those are is the user's to say. */
interface ProjectInstallation {
  region: string;
  bucket: string;
  installation: string;
}

export interface Project {
  path: string;
  /** Name of a context of the user's, or where the installation is. */
  context: string | ProjectInstallation | undefined;
  cluster: string | undefined;
}

/** undefined where there is none. @throws Failure (configuration) for one that can't be understood */
export function readProject({ cwd }: Pick<Settings, 'cwd'>): Project | undefined {
  for (const folder of ancestors(cwd)) {
    const path = join(folder, PROJECT_FILE);
    const text = textOf(path);
    if (text !== undefined) return projectIn(text, path);
  }
  return undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw new Failure('configuration', `${path} can't be read: ${message}`, { next: `ls -l ${path}` });
  }
}

const FORM = '{"context": "NAME", "cluster": "NAME"}, or as context {"region": …, "bucket": …, "installation": …}';

function projectIn(text: string, path: string): Project {
  const wrong = (why: string) => new Failure('configuration', `${path} ${why}`, { next: `write ${FORM}` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw wrong('is not an object');
  const { context, cluster, ...others } = value;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw wrong(`has a field that bbf does not know: ${stranger}`);
  if (cluster !== undefined && typeof cluster !== 'string')
    throw wrong(`has no text as cluster: ${JSON.stringify(cluster)}`);
  if (context === undefined || typeof context === 'string') return { path, context, cluster };
  if (
    isObject(context) &&
    FIELDS.every((field) => typeof context[field] === 'string') &&
    Object.keys(context).length === FIELDS.length
  )
    return { path, context: context as unknown as ProjectInstallation, cluster };
  throw wrong(`has a context that is neither a name nor an installation: ${JSON.stringify(context)}`);
}

const FIELDS = ['region', 'bucket', 'installation'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
