/**
 * Which installation and cluster are meant, and who says so: the command line, then the environment, then the nearest `.bbf.json`, then
 * the user's own configuration. A context is one whole, since its bucket is in its region: only what it leaves open comes from elsewhere.
 */
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { suggestion } from '../suggest.ts';
import { type Config, type Context, configPath, readConfig } from './config.ts';
import { checkedName, checkPlace } from './names.ts';
import { type Project, readProject } from './project.ts';

interface Chosen<T> {
  value: T;
  /** For people, e.g. `BBF_CONTEXT` or a file's path. */
  from: string;
}

interface Choices {
  contextName: Chosen<string>;
  context: Context;
  cluster: Chosen<string>;
}

/** What was named on the command line. */
interface Named {
  context?: string | undefined;
  cluster?: string | undefined;
}

/** By its name, or as a `.bbf.json` has it whole. */
type NamedContext = Exclude<Project['context'], undefined>;

/** @throws Failure (notFound) where the context does not exist, (configuration) where none is chosen, (configuration or usage) for names that can't be */
export async function choose(settings: Settings, named: Named): Promise<Choices> {
  const config = await readConfig(settings);
  const project = readProject(settings);
  const path = configPath(settings);
  const chosen = contextOf(config, project, settings, named);
  if (chosen === undefined)
    throw new Failure('configuration', `no context is chosen in ${path}`, {
      next: 'bbf local up (this machine), bbf setup (AWS), or bbf use CONTEXT',
    });
  const { value, from } = chosen;
  const context =
    typeof value === 'string' ? findContext(config.contexts, value, from === '--context' ? undefined : from) : value;
  checkPlace(context, typeof value === 'string' ? path : from);
  const cluster = first(
    [named.cluster, '--cluster'],
    [settings.cluster, 'BBF_CLUSTER'],
    [project?.cluster, project?.path ?? ''],
    [(context as Context).cluster, path],
    ['main', 'default'],
  ) as Chosen<string>;
  checkedName('cluster', cluster.value, cluster.from);
  return { contextName: { value: nameOfContext(value), from }, context, cluster };
}

/** That of a context which a `.bbf.json` has in it is as set-up would call it. */
export const nameOfContext = (context: NamedContext): string =>
  typeof context === 'string' ? context : `${context.installation}-${context.region}`;

/** Whether it is there or not. */
export async function chosenContext(settings: Settings, named: Named) {
  return contextOf(await readConfig(settings), readProject(settings), settings, named);
}

function contextOf({ current }: Config, project: Project | undefined, settings: Settings, named: Named) {
  return first<NamedContext>(
    [named.context, '--context'],
    [settings.context, 'BBF_CONTEXT'],
    [project?.context, project?.path ?? ''],
    [current, configPath(settings)],
  );
}

function first<T>(...candidates: [value: T | undefined, from: string][]): Chosen<T> | undefined {
  const [value, from = ''] = candidates.find(([candidate]) => candidate !== undefined) ?? [];
  return value === undefined ? undefined : { value, from };
}

/** @param from who names it, where that is not plain */
export function findContext(contexts: Record<string, Context>, name: string, from?: string): Context {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context !== undefined) return context;
  const hint = suggestion(name, Object.keys(contexts));
  throw new Failure(
    'notFound',
    `there is no context ${name}${from === undefined ? '' : `, which ${from} names`}${hint}`,
    {
      next: name === 'local' ? 'bbf local up' : 'bbf contexts',
    },
  );
}
