/** The certificate that a build starts with, or why it may not start. */

import { whyTooShort } from '../bazel/outlast.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { type CertificateSource, certificateSource } from './certificate-source.ts';

/** @throws Failure where no certificate can be had, or none that is good for long enough */
export async function certificateForBuild(
  installation: Installation,
  cluster: string,
  { settings, now }: Program,
  note: (text: string) => void,
): Promise<CertificateSource> {
  const source = certificateSource({ installation, cluster, cacheDirectory: settings.cacheDirectory, now, note });
  const certificate = await source.get();
  const { credentials } = installation.access;
  const { endsAt } = typeof credentials === 'function' ? await credentials() : credentials;
  const failure = whyTooShort({ certificate, failure: source.failure(), credentialsEnd: endsAt }, now());
  if (failure !== undefined) throw failure;
  return source;
}
