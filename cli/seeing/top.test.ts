import { expect, it, onTestFinished } from 'vitest';
import { activityKey, clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { type BucketDouble, openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const worker = { name: 'a'.repeat(32), pool: 'default', slots: 4, running: 1, actions: 7, busyMs: 61_000 };

/** A program in front of a cluster whose farm has these. */
async function withWorkers(...workers: object[]) {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  return withWorkersIn(bucket, ...workers);
}

async function withWorkersIn(bucket: BucketDouble, ...workers: object[]) {
  const program = programDouble();
  await chooseContext(program, bucket.endpoint);
  const activity = { queued: 0, running: 1, pools: {}, workers, reportedAt: '2026-01-01T00:00:00Z' };
  bucket.put(clusterKey('main'), '{}');
  bucket.put(activityKey('main'), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Activity', ...activity }));
  return program;
}

it('shows what each worker runs, as far as the farm tells it', async () => {
  const program = await withWorkers(
    {
      ...worker,
      running: 3,
      current: [
        { what: 'Genrule //app:\u001b[2Jgen', since: '2025-12-31T23:58:55Z' },
        { what: 'TestRunner //app:test', since: '2025-12-31T23:59:57Z' },
      ],
    },
    { ...worker, name: 'b'.repeat(32) },
    { ...worker, name: 'c'.repeat(32), running: 0 },
  );
  await dispatch(['top'], program);
  expect(program.stdout().split('\n').slice(2)).toEqual([
    `aaaaaaaa  default  3/4   7        1m 01s  busy`,
    '  Genrule //app:\\u001b[2Jgen, for 1m 05s',
    '  TestRunner //app:test, for 3s',
    '  and 1 more',
    `bbbbbbbb  default  1/4   7        1m 01s  busy`,
    `cccccccc  default  0/4   7        1m 01s  idle`,
    '',
  ]);
});

it('is whole on a narrow terminal, which wraps what is not drawn over', async () => {
  const program = await withWorkers(worker);
  Object.assign(program.terminal.result, { interactive: true, width: () => 40 });
  await dispatch(['top'], program);
  expect(program.stdout()).toMatch(/^1 action running, 0 waiting; 1 worker; reported /);
  expect(program.stdout()).toContain(`aaaaaaaa  default  1/4   7        1m 01s  busy`);
});

it('names workers by as much as tells them apart, in text and not in JSON', async () => {
  const names = ['0123456789abcdef', '0123456789ffffff', '0123456789', 'abc'];
  const program = await withWorkers(...names.map((name) => ({ ...worker, name })));
  await dispatch(['top'], program);
  expect(program.stdout()).toMatch(/^0123456789 {3}default .*\n0123456789a {2}.*\n0123456789f {2}.*\nabc {10}default/m);
  await dispatch(['top', '--jq=[.workers[].name]'], program);
  expect(program.stdout().endsWith(`${JSON.stringify(names)}\n`)).toBe(true);
});

it('has the state in sight on a terminal of 60 columns', async () => {
  const program = await withWorkers({ ...worker, name: '0f'.repeat(16), draining: true });
  Object.assign(program.terminal.result, { interactive: true, width: () => 60 });
  const watching = dispatch(['top', '--watch'], program).catch(() => undefined);
  await expect.poll(() => program.stdout()).toMatch(/^0f0f0f0f .* draining$/m);
  program.sleep = () => Promise.reject(new Error('enough'));
  await watching;
});

it('lets time pass on a screen, also while nothing is new and while nobody answers', async () => {
  const bucket = await openBucketDouble();
  const program = await withWorkersIn(bucket, worker);
  Object.assign(program.terminal.result, { interactive: true });
  let looks = 0;
  program.onSleep = () => {
    looks += 1;
    if (looks === 3) bucket.close();
    if (looks === 5) throw new Error('enough');
  };
  await dispatch(['top', '--watch'], program).catch(() => undefined);
  const ages = [...program.stdout().matchAll(/reported (\d+)s ago/g)].map(([, seconds]) => Number(seconds));
  expect(new Set(ages).size).toBe(5);
  expect(program.stdout()).toMatch(/does not answer.*looking again/s);
  expect(program.stderr()).toBe('');
});

it('has no workers of a cluster that sleeps, whatever its farm reported last', async () => {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  const program = await withWorkersIn(bucket, { ...worker, lost: true });
  const at = '2026-01-01T00:00:00Z';
  const server = { ...statusDouble().server, desired: 0, running: 0 };
  bucket.put(
    statusKey('main'),
    JSON.stringify(statusDouble({ endpoint: null, server, asleep: { since: at, revision: 'v1' } })),
  );
  await dispatch(['top'], program);
  expect(program.stdout()).toMatch(
    /^main: asleep until a build or an edit wakes it; its farm reported last \d+s ago\n$/,
  );
});
