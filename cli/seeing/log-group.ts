/** The log group that the farm writes to: of the installation's own, or the one that its set-up was told. */
import { farmLogGroupName, foundationStackName } from '../../templates/names.ts';
import type { Installation } from '../context/installation.ts';
import { ASK_DOCTOR, Failure } from '../failure.ts';
import { type ReadLog, readLogEvents } from './log-events.ts';
import type { LogSource } from './log-source.ts';

type ReadSource = (since: number, newest: number) => Promise<ReadLog>;

/** Reads what `readLogEvents` does. Where the usual group is not there, which is told once, the foundation is asked for its own. */
export function sourceReader(installation: Installation, usual: LogSource): ReadSource {
  let source = usual;
  const isFarm = usual.group === farmLogGroupName(installation.context.installation);
  return async (since, newest) => {
    let log = await readLogEvents(installation, source, since, newest);
    if (log === null && isFarm) {
      source = { ...source, group: (await chosenGroup(installation)) || source.group };
      log = await readLogEvents(installation, source, since, newest);
    }
    if (log === null) throw noGroup(installation, source);
    return log;
  };
}

const noGroup = ({ access }: Installation, { group }: LogSource) =>
  new Failure('notFound', `there is no log group ${group} in ${access.region}`, {
    next: ASK_DOCTOR,
  });

async function chosenGroup({ access, context }: Installation): Promise<string | undefined> {
  const { openStacks } = await import('../aws/stacks.ts');
  const stack = await openStacks(access).describe(foundationStackName(context.installation));
  return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'LogGroup')?.ParameterValue;
}
