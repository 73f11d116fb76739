/** What most commands begin with: the installation of their context, and the name of the cluster in it that they mean. */
import type { Call, Program } from '../command.ts';
import { clusterName } from './cluster.ts';
import { type Installation, openInstallation, type Wait } from './installation.ts';

interface OpenedCluster {
  installation: Installation;
  /** Its name; nobody has looked whether it is there. */
  cluster: string;
}

/** @param named the cluster of the command line, if it names one @throws Failure (usage, configuration) */
export async function openCluster(
  call: Pick<Call, 'text'>,
  program: Pick<Program, 'settings' | 'terminal'>,
  named: string | undefined,
  wait?: Wait,
): Promise<OpenedCluster> {
  const installation = await openInstallation(program, call.text('context'), wait);
  return { installation, cluster: clusterName(installation, named) };
}
