/** The log group that the farm writes to: of the installation's own, or the one that its set-up was told. */
import { farmLogGroupName, foundationStackName } from '../../templates/names.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { type ReadLog, readLogEvents } from './log-events.ts';
import type { LogSource } from './log-source.ts';

type ReadSource = (since: number, newest: number) => Promise<ReadLog>;

/** Reads what `readLogEvents` does. Where the usual group is not there, which is told once, the foundation is asked for its own. */
export function sourceReader(installation: Installation, usual: LogSource): ReadSource {
  let source = usual;
  return async (since, newest) => {
    const log = await readLogEvents(installation, source, since, newest);
    if (log !== null) return log;
    const isFarm = usual.group === farmLogGroupName(installation.context.installation);
    const group = isFarm ? await chosenGroup(installation) : undefined;
    if (!group || group === source.group) throw noGroup(installation, source);
    source = { ...source, group };
    return (await readLogEvents(installation, source, since, newest)) ?? fail(noGroup(installation, source));
  };
}

function fail(failure: Failure): never {
  throw failure;
}

const noGroup = ({ access }: Installation, { group }: LogSource) =>
  new Failure('notFound', `there is no log group ${group} in ${access.region}`, {
    next: 'bbf doctor, which says how it is set up again',
  });

async function chosenGroup({ access, context }: Installation): Promise<string | undefined> {
  const { openStacks } = await import('../aws/stacks.ts');
  const stack = await openStacks(access).describe(foundationStackName(context.installation));
  return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'LogGroup')?.ParameterValue;
}
