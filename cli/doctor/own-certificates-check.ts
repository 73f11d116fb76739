/** The check of the certificates that this machine keeps for builds of its user, one for each cluster. */
import { isYoung, storedCertificate } from '../access/certificate.ts';
import { elapsed } from '../output/elapsed.ts';
import { type Check, type Examination, fact, type Outcome, ok, warning } from './check.ts';

export const ownCertificatesCheck: Check = {
  id: 'certificates',
  title: 'your own certificates are good',
  why: 'builds, and Bazel called directly, get in by it: a build renews it, which has not happened since it was due',
  needs: ['clusters'],
  async run(examination) {
    const clusters = fact(examination, 'clusters');
    const kept = await Promise.all(clusters.map(({ name }) => judge(examination, name)));
    const found = kept.filter((one) => one !== null);
    return found.length > 0 ? found : ok('none is kept on this machine; a build gets one');
  },
};

/** Null: none is kept. */
async function judge(examination: Examination, cluster: string): Promise<Outcome | null> {
  const { program } = examination;
  const { cacheDirectory } = program.settings;
  const installation = fact(examination, 'installation');
  const stored = await storedCertificate({ installation, cluster, cacheDirectory, now: program.now });
  if (stored === undefined) return null;
  const now = program.now();
  const left = Date.parse(stored.notAfter) - now;
  const login = `bbf login --context=${installation.contextName} --cluster=${cluster}`;
  if (left <= 0) return warning(`ended ${elapsed(-left)} ago`, login, cluster);
  const seen = `good for ${elapsed(left)}`;
  if (isYoung(stored, now)) return ok(seen, cluster);
  const due = now - Date.parse(stored.renewAt);
  return warning(due >= 0 ? `${seen}, and due to be renewed for ${elapsed(due)}` : `not good yet`, login, cluster);
}
