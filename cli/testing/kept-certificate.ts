/** A client certificate of cluster main that this machine has already, for tests: nobody has to be asked for one. */
import { join } from 'node:path';
import { installationKey } from '../access/function-url.ts';
import { writePrivate } from '../access/private-file.ts';
import type { Program } from '../command.ts';
import { openInstallation } from '../context/installation.ts';

/** @param options days from `now`, and what else the certificate has */
export async function keepCertificate(
  program: Program,
  { ends = 9, renews = 6, now = program.now(), ...identity } = {},
): Promise<void> {
  const installation = await openInstallation(program, undefined);
  const file = `${installationKey(installation)}--main.json`;
  const day = (offset: number) => new Date(now + offset * 86_400_000).toISOString();
  const certificate = {
    key: 'k',
    certificate: 'c',
    authorities: 'a',
    notBefore: day(-1),
    notAfter: day(ends),
    renewAt: day(renews),
    role: 'client',
    ...identity,
  };
  await writePrivate(join(program.settings.cacheDirectory, 'certificates', file), certificate);
}
