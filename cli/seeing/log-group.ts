/** The log group that the farm writes to: of the installation's own, or the one that its set-up was told. */
import { farmLogGroupName, foundationStackName } from '../../templates/names.ts';
import type { Installation } from '../context/installation.ts';
import type { LogSource } from './log-source.ts';

/** The reconciler's group is always its own. */
export async function inItsGroup(installation: Installation, source: LogSource): Promise<LogSource> {
  if (source.group !== farmLogGroupName(installation.context.installation)) return source;
  return { ...source, group: (await chosenGroup(installation)) || source.group };
}

/** Undefined also where nobody may, or can, say: then the usual one is the best guess, and reading it tells what is wrong. */
async function chosenGroup({ access, context }: Installation): Promise<string | undefined> {
  const { openStacks } = await import('../aws/stacks.ts');
  const stack = await openStacks(access)
    .describe(foundationStackName(context.installation))
    .catch(() => undefined);
  return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'LogGroup')?.ParameterValue;
}
