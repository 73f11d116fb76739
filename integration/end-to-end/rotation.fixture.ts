/** A running farm whose certificates live for seconds: real server, workers and `bbf build`, in front of the real issuing of certificates. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { installationKey } from '../../cli/access/function-url.ts';
import { writePrivate } from '../../cli/access/private-file.ts';
import { openInstallation } from '../../cli/context/installation.ts';
import { openBucketDouble } from '../../cli/testing/bucket-double.ts';
import { chooseContext, programDouble } from '../../cli/testing/program-double.ts';
import { pool, statusDouble } from '../../cli/testing/status-double.ts';
import { AUTHORITY_KEY, clusterKey, statusKey } from '../../config-schema/keys.ts';
import { eventually, ownAddress, SERVER_PORT } from '../../local/farm/fixtures/farm.ts';
import { bundlePrograms, type Program, startProgram } from '../../local/farm/fixtures/programs.ts';
import { startTaskWorld } from '../../local/farm/fixtures/task-world.ts';
import { createTestAuthority } from '../../local/farm/fixtures/test-authority.ts';
import type { Authority, AuthorityDocument } from '../../reconciler/access/authority.ts';
import { accessPorts } from '../../reconciler/access/document-ports.ts';
import { ACCOUNT, PERSON, SETTINGS, serveFunctionUrl } from '../../reconciler/access/function-url.fixture.ts';
import type { FarmTask } from '../../reconciler/access/issue.ts';
import type { Lives } from '../../reconciler/access/lives.ts';
import { memoryDocuments } from '../../reconciler/access/memory-documents.fixture.ts';
import { cleanEnvironment, type Run, type RunOptions, run } from '../installation.ts';
import { bbfProgram } from '../programs.ts';

/** What was issued: to whom, by which authority (its subject), and until when (ms). */
interface Issued {
  role: string;
  issuer: string;
  notAfter: number;
}

export async function startRotatingFarm(lives: Lives) {
  const { documents, objects } = memoryDocuments();
  const issued: Issued[] = [];
  const program = programDouble();
  const { directory } = program;
  const address = ownAddress();
  const tasks: Record<string, FarmTask> = {};
  const ports = accessPorts({ documents, lives, task: async (id) => tasks[id] ?? null, now: Date.now, log: quiet });
  const { sign } = ports.signer;
  ports.signer.sign = async (profile, proof) => {
    const signed = await sign(profile, proof);
    const { issuer } = new X509Certificate(signed.certificate);
    issued.push({ role: profile.role, issuer: issuer.replace('CN=', ''), notAfter: signed.notAfter });
    return signed;
  };
  const functionUrl = await serveFunctionUrl(ports, arnOf);
  const bucket = await openBucketDouble();
  const world = await startTaskWorld(createTestAuthority('unused'));
  const pathOf = await bundlePrograms(join(directory, 'dist'));
  const programs: Program[] = [];

  const cluster = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });
  const withPool = JSON.stringify({ metadata: { name: 'main' }, spec: { pools: { default: {} } } });
  const endpoint = `${address}:${SERVER_PORT}`;
  const status = JSON.stringify(statusDouble({ endpoint, pools: { default: pool(2) } }));
  for (const [key, text] of [
    [clusterKey('main'), cluster],
    [statusKey('main'), status],
  ] as const)
    objects.set(key, text);
  bucket.put(clusterKey('main'), withPool);
  bucket.put(statusKey('main'), status);
  await chooseContext(program, bucket.endpoint);
  const installation = await openInstallation(program, undefined);
  const kept = join(program.settings.cacheDirectory, 'functions', `${installationKey(installation)}.json`);
  await writePrivate(kept, { url: functionUrl.url });

  function start(kind: 'server' | 'worker', id: string, more: Record<string, string>): Program {
    const service = kind === 'server' ? 'bbf--main--server' : 'bbf--main--pool--default';
    tasks[id] = { service, addresses: async () => [address] };
    const keys = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${world.base}/credentials/${kind}-${id}` };
    const task = world.environmentOf({ id, role: kind, address });
    const environment = { ...task, ...keys, BBF_ACCESS_URL: functionUrl.url, BBF_DIRECTORY: join(directory, id) };
    const started = startProgram(pathOf(kind), { ...environment, ...more });
    programs.push(started);
    return started;
  }

  const env = cleanEnvironment({ HOME: directory, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 's' });
  return {
    directory,
    endpoint,
    issued,
    bbf: (args: string[], options: RunOptions = {}): Promise<Run> =>
      run(process.execPath, [bbfProgram, ...args], { ...options, env: { ...env, ...options.env } }),
    authorities: (): Authority[] =>
      (JSON.parse(objects.get(AUTHORITY_KEY) ?? '{"authorities":[]}') as AuthorityDocument).authorities,
    startServer: (id: string) => start('server', id, {}),
    startWorker: (id: string) => start('worker', id, { BBF_POOL: 'default', BBF_SLOTS: '2', BBF_PLATFORM: '{}' }),
    /** Resolves once the farm reports so many workers. */
    untilWorkers: (count: number) =>
      eventually(`${count} workers`, () => {
        const text = world.objects.get('bucket/clusters/main/activity.json');
        return text !== undefined && (JSON.parse(text) as { workers: unknown[] }).workers.length === count;
      }),
    async close() {
      await Promise.all(programs.map((one) => one.end('SIGKILL')));
      functionUrl.close();
      await world.close();
      await bucket.close();
    },
  };
}

const quiet = { info: () => {}, error: () => {} };

/** Of a task the access key is `AKIA`, its kind and its id. */
function arnOf(accessKeyId: string): string {
  const [, kind, id] = /^AKIA(server|worker)-(.+)$/.exec(accessKeyId) ?? [];
  if (id === undefined) return PERSON;
  const role = kind === 'server' ? SETTINGS.serverRole : SETTINGS.workerRole;
  return `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${id}`;
}
