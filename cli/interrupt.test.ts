/** What somebody reads who presses Ctrl-C while bbf writes or waits. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../config-schema/keys.ts';
import type { BucketDouble } from './testing/bucket-double.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import { sourceProgram } from './testing/source-program.ts';
import { statusDouble } from './testing/status-double.ts';

const current = bucketOfEachTest();
const bbfProgram = sourceProgram();
let bucket: BucketDouble;
beforeEach(() => {
  ({ bucket } = current());
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'ci' }, spec: {} };
  bucket.put(clusterKey('ci'), JSON.stringify(document));
  bucket.put(statusKey('ci'), JSON.stringify(statusDouble({ cluster: 'ci' })));
});

function start(line: string) {
  const { directory } = current().program;
  const env = { PATH: process.env.PATH, HOME: directory, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' };
  const [node = '', ...source] = bbfProgram();
  const child = spawn(node, [...source, ...line.split(' ')], {
    cwd: directory,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return {
    stderr: () => stderr,
    interrupt: () => void child.kill('SIGINT'),
    ended: once(child, 'close').then(([code]) => code as number),
  };
}

it.each(['want --cluster=ci --workers=9', 'want --cluster=ci --workers=9 --for=2h', 'delete ci --yes'])(
  'bbf %s names the cluster, and the context that was named, of what goes on',
  async (line) => {
    const bbf = start(`${line} --context=test`);
    await expect.poll(bbf.stderr, { timeout: 20_000 }).toContain('waiting for');
    bbf.interrupt();
    expect(await bbf.ended).toBe(130);
    expect(bbf.stderr()).toMatch(
      /^bbf: stopped by SIGINT; what was asked for goes on without waiting for it: bbf --context=test status --watch --cluster=ci$/m,
    );
  },
);

it.each(['want --cluster=ci --workers=9', 'create new'])(
  'bbf %s does not know whether an edit was written that has no answer yet, and says what shows it',
  async (line) => {
    bucket.silent.add('PUT');
    const before = bucket.versions.length;
    const bbf = start(`${line} --context=test`);
    await expect.poll(() => bucket.versions.length, { timeout: 20_000 }).toBe(before + 1);
    bbf.interrupt();
    expect(await bbf.ended).toBe(130);
    const cluster = line.startsWith('create') ? 'new' : 'ci';
    expect(bbf.stderr()).toBe(
      `bbf: stopped by SIGINT; it is not known whether clusters/${cluster}/cluster.json was written: ` +
        `bbf --context=test history --cluster=${cluster} --limit=1 shows it\n`,
    );
  },
);
