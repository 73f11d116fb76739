/** `bbf login`: gets the certificate that builds use, now rather than at the first build, and says who one is. */

import { claimablePools } from '../cluster/pools.ts';
import type { Call, Program } from '../command.ts';
import { openCluster } from '../context/open-cluster.ts';
import { callerIdentity } from '../setup/identity.ts';
import { freshCertificate } from './certificate.ts';

export async function login(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  await claimablePools(installation, cluster);
  const { arn } = await callerIdentity(installation.access);
  const { cacheDirectory } = program.settings;
  const certificate = await freshCertificate({ installation, cluster, cacheDirectory, now: program.now });
  program.terminal.result.write(`${arn} may build on ${cluster} until ${certificate.notAfter}\n`);
  return 0;
}
