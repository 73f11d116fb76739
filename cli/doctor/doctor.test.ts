import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { version } from '../../config-schema/version.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { readConfig, saveContext } from '../context/config.ts';
import { dispatch } from '../dispatch.ts';
import { testAuthority } from '../testing/certificates.ts';
import { checks } from './checks.ts';
import { daysLeft, doctor, document, publish, resultOf, troubles, YEARS } from './doctor.fixture.ts';

const authority = testAuthority('good', YEARS);

const current = worldOfEachTest({ authorities: authority.pem });
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

it('a good installation has no trouble, and the exit code is 0', async () => {
  await publish(world);
  const checkup = await doctor(world);
  expect(troubles(checkup)).toEqual([]);
  expect(checkup).toMatchObject({ code: 0, healthy: true, apiVersion: 'bbf/v1', kind: 'Checkup', context: 'test' });
  expect(checkup.checks.map(({ check }) => check)).toEqual(checks.map(({ id }) => id));
  expect(resultOf(checkup, 'reconciler')?.seen).toBe(`bbf ${version}, as this one`);
});

it('a foundation whose last update was rolled back is no trouble: set-up would find nothing to change', async () => {
  const stack = Object.values(world.cloud.services.cloudformation.state.stacks).find(
    ({ name }) => name === 'bbf--foundation',
  );
  if (stack) stack.status = 'UPDATE_ROLLBACK_COMPLETE';
  expect(resultOf(await doctor(world), 'foundation')).toMatchObject({
    state: 'ok',
    seen: expect.stringContaining('and what was before stands'),
  });
});

it('a cluster that is deleted, but for its document, is no trouble', async () => {
  await world.put(clusterKey('main'), document({ delete: { uid: 'u1' } }));
  await world.advance(60 * 60_000);
  const checkup = await doctor(world);
  expect(troubles(checkup)).toEqual([]);
  expect(resultOf(checkup, 'heartbeat')?.seen).toBe('deleted, but for its document');
});

it('docs/doctor.md has a row for each check', () => {
  const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  for (const { id, title } of checks) expect(rows).toContainEqual(expect.arrayContaining([`\`${id}\``, title]));
});

it('what set-up mends is mended in the context that is examined', async () => {
  const { settings } = world.program;
  Object.assign(settings.aws, { endpoint: world.endpoint, region: 'eu-west-3' });
  const suspended = { Bucket: world.bucket, VersioningConfiguration: { Status: 'Suspended' as const } };
  await world.s3.send(new PutBucketVersioningCommand(suspended));
  const next = resultOf(await doctor(world), 'versioning')?.next ?? '';
  const before = await readConfig(settings);
  expect(next).toMatch(/^bbf setup --context=test /);
  expect(await dispatch([...next.split(' ').slice(1), '--yes'], world.program)).toBe(0);
  expect(troubles(await doctor(world))).toEqual([]);
  expect(await readConfig(settings)).toEqual(before);
});

describe('the context', () => {
  const elsewhere = { region: 'us-east-1', installation: 'bbf' };
  it('that names a bucket which is not there', async () => {
    await saveContext(world.program.settings, 'test', { ...elsewhere, endpoint: world.endpoint, bucket: 'none' });
    expect(troubles(await doctor(world))).toEqual([
      'bucket: failed',
      ...['versioning', 'object-events', 'heartbeat', 'clusters', 'rules', 'stacks', 'servers', 'certificates'].map(
        (id) => `${id}: skipped`,
      ),
    ]);
  });

  it('whose endpoint does not answer', async () => {
    await saveContext(world.program.settings, 'test', {
      ...elsewhere,
      endpoint: 'http://127.0.0.1:1',
      bucket: 'bucket',
    });
    const checkup = await doctor(world);
    expect(troubles(checkup).slice(0, 3)).toEqual(['endpoint: failed', 'clock: skipped', 'credentials: skipped']);
    expect(resultOf(checkup, 'endpoint')).toMatchObject({
      next: 'start what answers there, or name another endpoint: bbf config shows who named it',
      seen: expect.stringMatching(/does not answer/),
    });
  });

  it('that nobody has chosen', async () => {
    world.program.settings.context = 'nonesuch';
    const checkup = await doctor(world);
    expect(checkup.code).toBe(1);
    expect(troubles(checkup)).toEqual(checks.map(({ id }) => `${id}: ${id === 'context' ? 'failed' : 'skipped'}`));
  });
});

describe('build servers', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  async function serve(certificate: { key: string; certificate: string }): Promise<void> {
    server = createServer({ key: certificate.key, cert: certificate.certificate, ALPNProtocols: ['h2'] });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    await world.events.send(new EnableRuleCommand({ Name: 'bbf--schedule-fast' }));
    await publish(world, { awake: true, endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  }

  it.each([
    ['a good certificate', () => authority.issue('server', YEARS), 'ok', /good for/],
    ['one that has ended', () => authority.issue('server', daysLeft(-1)), 'failed', /ended/],
    ['one that should have been renewed', () => authority.issue('server', daysLeft(0.1)), 'warning', /not renewed/],
    [
      'one of a stranger',
      () => testAuthority('stranger', YEARS).issue('server', YEARS),
      'failed',
      /not of this authority/,
    ],
    [
      'that of another cluster',
      () => authority.issue('server', YEARS, { cluster: 'other' }),
      'failed',
      /for role server in cluster other, expected role server in cluster main/,
    ],
  ])('show %s', async (_what, issue, state, seen) => {
    await serve(issue());
    const found = resultOf(await doctor(world), 'servers');
    expect(found).toMatchObject({ about: 'main', state, seen: expect.stringMatching(seen) });
  });

  it('that can’t be reached are a warning', async () => {
    await world.events.send(new EnableRuleCommand({ Name: 'bbf--schedule-fast' }));
    await publish(world, { awake: true, endpoint: '127.0.0.1:1' });
    expect(troubles(await doctor(world))).toEqual(['servers main: warning']);
  });
});

it('names both regions where S3 refuses the signature of another one', async () => {
  const { handle } = world.cloud;
  world.cloud.handle = async (request) =>
    request.method === 'HEAD' && request.path === `/${world.bucket}`
      ? { status: 400, headers: { 'x-amz-bucket-region': 'eu-west-3' }, body: '' }
      : handle(request);
  expect(resultOf(await doctor(world), 'bucket')).toMatchObject({
    state: 'failed',
    seen: `bucket ${world.bucket} is in eu-west-3, and the context says us-east-1`,
  });
});

it('the text has a line for each check, and for what is wrong why it matters and what to type', async () => {
  await world.s3.send(
    new PutBucketVersioningCommand({ Bucket: world.bucket, VersioningConfiguration: { Status: 'Suspended' } }),
  );
  const before = world.program.stdout().length;
  expect(await dispatch(['doctor'], world.program)).toBe(1);
  const text = world.program.stdout().slice(before);
  for (const { id } of checks) expect(text).toMatch(new RegExp(`^(ok|FAILED) +${id} `, 'm'));
  expect(text).toMatch(
    /FAILED {3}versioning {5}suspended\n {24}why: (.|\n)*\n {24}try: bbf setup --context=test --region=us-east-1\n {24}--name=bbf\n/,
  );
  expect(text).toContain(`${checks.length - 1} ok, 1 failed\n`);
});
