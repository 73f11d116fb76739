/** Checks of certificates' ends: of the authorities that peers trust, and of the build servers that run. */
import { X509Certificate } from 'node:crypto';
import { AUTHORITY_KEY, activityKey } from '../../config-schema/keys.ts';
import { listAuthorities } from '../../reconciler/access/authority-client.ts';
import { bundleOf } from '../../reconciler/access/signer.ts';
import { ecsClusterName, serverStackName } from '../../templates/names.ts';
import { askReconciler } from '../access/reconciler-access.ts';
import { failsWith } from '../failure.ts';
import { elapsed } from '../output/elapsed.ts';
import { type Check, type ClusterFacts, type Examination, fact, failed, type Outcome, ok, warning } from './check.ts';
import { awsCommand, readLog } from './remedies.ts';
import { shownCertificate } from './shown-certificate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Time enough to rotate, twice. */
const AUTHORITY_NOTICE_MS = 60 * DAY_MS;
/** A task renews its certificate of a day long before; the last hours mean that it could not. */
const SERVER_NOTICE_MS = 4 * HOUR_MS;

export const authoritiesCheck: Check = {
  id: 'authorities',
  title: 'the certificate authority is good',
  why: 'every certificate of builds, servers and workers is signed by it: once it ends, nobody gets in',
  needs: ['function'],
  async run(examination) {
    const installation = fact(examination, 'installation');
    const { program } = examination;
    const place = { installation, cacheDirectory: program.settings.cacheDirectory, pauses: [] };
    const trusted = await askReconciler(place, 'no list of authorities', listAuthorities).catch(refusal);
    if (!Array.isArray(trusted)) return trusted;
    const ends = trusted.map(({ certificate }) => Date.parse(new X509Certificate(certificate).validTo));
    if (ends.length === 0) return failed('the reconciler names no authority', readLog(examination));
    examination.facts.authorities = bundleOf(trusted);
    const now = program.now();
    const last = Math.max(...ends);
    // A successor signs only a day later, so what has ended is replaced at once: the next request makes another.
    if (last <= now) return failed(`ended ${elapsed(now - last)} ago`, makeAnother(examination));
    const left = `ends ${new Date(last).toISOString().slice(0, 10)}`;
    if (last - now < AUTHORITY_NOTICE_MS) return warning(`${left}, in ${days(last - now)}`, 'bbf ca rotate');
    return ok(`${ends.length === 1 ? 'one is' : `${ends.length} are`} trusted; ${left}`);
  },
};

/** Nothing is wrong with it: those who may only look may not ask. */
function refusal(error: unknown): Outcome {
  if (!failsWith(error, 'permission')) throw error;
  return { state: 'skipped', seen: `not looked at, as only who may build may ask: ${error.message}` };
}

function makeAnother(examination: Examination): string {
  const { bucket } = fact(examination, 'installation').context;
  return `${awsCommand(examination, `s3 rm s3://${bucket}/${AUTHORITY_KEY}`)}; the next request makes another (docs/access.md)`;
}

const days = (ms: number) => `${Math.floor(ms / DAY_MS)} days`;

export const serversCheck: Check = {
  id: 'servers',
  title: 'build servers show good certificates',
  why: 'a build does not trust a server whose certificate has ended, or is of another authority or cluster',
  needs: ['clusters', 'authorities'],
  async run(examination) {
    const serving = fact(examination, 'clusters').filter(({ status }) => status?.endpoint);
    if (serving.length === 0) return ok('no server runs');
    return Promise.all(serving.map((cluster) => judgeServer(examination, cluster)));
  },
};

function otherWriter(examination: Examination, cluster: string): string {
  const { bucket } = fact(examination, 'installation').context;
  return `find and stop what writes s3://${bucket}/${activityKey(cluster)} in the place of the cluster's server; until then no build connects`;
}

async function judgeServer(examination: Examination, { name, status }: ClusterFacts): Promise<Outcome> {
  const endpoint = status?.endpoint ?? '';
  const shown = await shownCertificate(endpoint, name, fact(examination, 'authorities'));
  if ('error' in shown)
    return warning(
      `${endpoint} can’t be reached from here: ${shown.error}`,
      'the network between here and the server; builds from here fail the same way',
      name,
    );
  const { installation } = fact(examination, 'installation').context;
  const service = `--cluster ${ecsClusterName(installation)} --service ${serverStackName(installation, name)}`;
  const restart = awsCommand(examination, `ecs update-service --force-new-deployment ${service}`);
  const now = examination.program.now();
  const left = shown.validTo - now;
  if (left <= 0) return failed(`${endpoint}: its certificate ended ${elapsed(-left)} ago`, restart, name);
  if (shown.distrust !== null) return failed(`${endpoint}: ${shown.distrust}`, restart, name);
  if (shown.otherwise !== null) return failed(`${endpoint}: ${shown.otherwise}`, otherWriter(examination, name), name);
  const seen = `${endpoint}: good for ${elapsed(left)}`;
  return left < SERVER_NOTICE_MS ? warning(`${seen}, and not renewed`, restart, name) : ok(seen, name);
}
