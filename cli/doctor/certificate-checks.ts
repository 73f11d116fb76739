/** Checks of certificates' ends: of the authorities that peers trust, and of the build servers that run. */
import { X509Certificate } from 'node:crypto';
import { signedRequest } from '../../reconciler/aws/signed-request.ts';
import { ecsClusterName, serverStackName } from '../../templates/names.ts';
import { refusal, silence } from '../aws/answers.ts';
import { functionUrl } from '../bazel/function-url.ts';
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
    const pem = await askAuthorities(examination);
    const ends = certificatesIn(pem).map((one) => Date.parse(one.validTo));
    const rotate = 'POST /authorities/rotation to the reconciler’s Function URL (docs/doctor.md)';
    if (ends.length === 0) return failed('the reconciler names no authority', readLog(examination));
    examination.facts.authorities = pem;
    const now = examination.program.now();
    const last = Math.max(...ends);
    if (last <= now) return failed(`ended ${elapsed(now - last)} ago`, rotate);
    const left = `ends ${new Date(last).toISOString().slice(0, 10)}`;
    if (last - now < AUTHORITY_NOTICE_MS) return warning(`${left}, in ${days(last - now)}`, rotate);
    return ok(`${ends.length === 1 ? 'one is' : `${ends.length} are`} trusted; ${left}`);
  },
};

const days = (ms: number) => `${Math.floor(ms / DAY_MS)} days`;

async function askAuthorities(examination: Examination): Promise<string> {
  const installation = fact(examination, 'installation');
  const { access } = installation;
  const url = await functionUrl(installation, examination.program.settings.cacheDirectory, true);
  const doing = 'ask the reconciler for its authorities';
  const { region, credentials } = access;
  const request = { method: 'GET', url: new URL('authorities', url), service: 'lambda', region, credentials };
  const answer = await signedRequest(request).catch((error: unknown) => {
    throw silence(doing, request, error);
  });
  if (answer.status !== 200) throw refusal(doing, answer);
  const { authorities } = JSON.parse(answer.body.toString('utf8')) as { authorities?: unknown };
  return typeof authorities === 'string' ? authorities : '';
}

function certificatesIn(pem: string): X509Certificate[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return parts.map((part) => new X509Certificate(part));
}

export const serversCheck: Check = {
  id: 'servers',
  title: 'build servers show good certificates',
  why: 'a build does not trust a server whose certificate has ended or is of another authority',
  needs: ['clusters', 'authorities'],
  async run(examination) {
    const serving = fact(examination, 'clusters').filter(({ status }) => status?.endpoint);
    if (serving.length === 0) return ok('no server runs');
    return Promise.all(serving.map((cluster) => judgeServer(examination, cluster)));
  },
};

async function judgeServer(examination: Examination, { name, status }: ClusterFacts): Promise<Outcome> {
  const endpoint = status?.endpoint ?? '';
  const shown = await shownCertificate(endpoint, fact(examination, 'authorities'));
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
  const seen = `${endpoint}: good for ${elapsed(left)}`;
  return left < SERVER_NOTICE_MS ? warning(`${seen}, and not renewed`, restart, name) : ok(seen, name);
}
