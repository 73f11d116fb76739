/** The policies of docs/operations.md allow what the commands of their readers ask for. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../../cli/doctor/doctor.fixture.ts';
import { openDocuments } from '../../cli/documents.ts';
import { placeDocker, placePackage } from '../../cli/images/docker.fixture.ts';
import { takeLease } from '../../cli/lease/lease.ts';
import { testAuthority } from '../../cli/testing/certificates.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { run } from '../setup/person.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { allows, type PolicyDocument, type PolicyStatement } from './evaluate.ts';
import { policiesOfPage } from './page-policies.ts';
import { rightsOf } from './rights-of-calls.ts';

const PLACE = { region: 'us-east-1', account: '000000000000', installation: 'bbf' };
const VALUES = {
  ACCOUNT: PLACE.account,
  REGION: PLACE.region,
  BUCKET: 'bbf-000000000000-us-east-1',
  INSTALLATION: PLACE.installation,
};
const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const policies = policiesOfPage(page, VALUES);

const YEAR = { notBefore: Date.UTC(2025, 0, 1), notAfter: Date.UTC(2035, 0, 1) };
const current = worldOfEachTest({ authorities: testAuthority('good', YEAR).pem });
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  await publish(world);
});

function statementsOf(name: string): PolicyStatement[] {
  const policy = policies[name];
  if (policy === undefined) throw new Error(`the page has no policy under ${name}`);
  return policy.Statement;
}

/** Behind a Bazel command flags are Bazel's. */
const inContext = (command: string[]) => (command[0]?.startsWith('-') ? command : [...command, '--context=test']);
const documentWith = (spec: object) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });

/** Commands that must succeed, and what the policy refuses of their calls. */
async function refusedBy(names: string | string[], commands: string[][], codes: number[] = [0]): Promise<string[]> {
  const policy: PolicyDocument = { Version: '2012-10-17', Statement: [names].flat().flatMap(statementsOf) };
  world.requests.length = 0;
  for (const command of commands) expect(codes).toContain((await run(world, inContext(command))).code);
  expect(world.requests.length).toBeGreaterThan(0);
  const rights = world.requests.flatMap((request) => rightsOf(request, PLACE));
  const refused = rights.filter((right) => !allows(policy, right));
  return [...new Set(refused.map(({ action, resource }) => `${action} on ${resource}`))];
}

describe('the page on operations', () => {
  it('has a policy for each kind of reader', () => {
    expect(Object.keys(policies)).toEqual(['Viewers', 'Editors', 'Releasers', 'Builders', 'Continuous integration']);
  });

  it('has them for an installation of any name', () => {
    const ours = { ...VALUES, BUCKET: 'documents', INSTALLATION: 'second' };
    const resources = Object.values(policiesOfPage(page, ours)).flatMap(({ Statement }) =>
      Statement.flatMap(({ Resource }) => Resource),
    );
    // The farm's log group is one of bbf's, whatever the installation.
    expect(resources.map(String).filter((one) => /bbf/.test(one.replace('log-group:/bbf/', '')))).toEqual([]);
  });

  it('lets viewers look', async () => {
    const looks = [
      ['status'],
      ['status', '--json'],
      ['explain'],
      ['plan'],
      ['history'],
      ['events'],
      ['pools'],
      ['leases'],
      ['get'],
      ['logs'],
    ];
    // The exit code of `plan` is its answer.
    expect(await refusedBy('Viewers', looks, [0, 2])).toEqual([]);
  });

  it('lets viewers examine all but certificates: whoever may ask for these may build', async () => {
    const reconciler = 'arn:aws:lambda:us-east-1:000000000000:function:bbf--reconciler';
    expect(await refusedBy('Viewers', [['doctor', '--json']])).toEqual([
      `lambda:InvokeFunctionUrl on ${reconciler}`,
      `lambda:InvokeFunction on ${reconciler}`,
    ]);
  });

  it('lets editors edit', async () => {
    const edits = [
      ['create', 'second', '--no-wait'],
      ['want', '--workers=2', '--no-wait'],
      ['rollback', '--no-wait'],
      ['suspend', '--no-wait'],
      ['resume', '--no-wait'],
      ['status'],
      ['delete', 'main', '--yes', '--no-wait'],
      ['delete', 'second', '--yes'],
    ];
    expect(await refusedBy('Editors', edits)).toEqual([]);
  });

  it('lets releasers release, who may edit as well', async () => {
    const { program } = world;
    const { folder } = placeDocker(program.directory);
    program.settings.program = placePackage(program.directory);
    program.settings.childEnvironment = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    expect(await refusedBy(['Editors', 'Releasers'], [['images', 'release', '--no-wait']])).toEqual([]);
    // What Docker asks for (ECR user guide, "Required IAM permissions for pushing an image").
    const pushes =
      'BatchCheckLayerAvailability InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage BatchGetImage'.split(
        ' ',
      );
    const repository = (name: string) => `arn:aws:ecr:us-east-1:000000000000:repository/${name}`;
    const releasers = { Version: '', Statement: statementsOf('Releasers') };
    const may = (name: string) =>
      pushes.map((push) => allows(releasers, { action: `ecr:${push}`, resource: repository(name) }));
    expect([new Set(may('bbf/worker')), new Set(may('tools/worker'))]).toEqual([new Set([true]), new Set([false])]);
  });

  it('lets builders build in the workers’ image, which Docker is signed in for', async () => {
    const { program } = world;
    const worker = `${PLACE.account}.dkr.ecr.${PLACE.region}.amazonaws.com/bbf/worker@sha256:${'1'.repeat(64)}`;
    await world.s3.send(
      new PutObjectCommand({
        Bucket: VALUES.BUCKET,
        Key: clusterKey('main'),
        Body: documentWith({ engine: { worker } }),
      }),
    );
    const script = (name: string, text: string) => {
      writeFileSync(join(program.directory, name), `#!/bin/sh\ncd ${program.directory}\n${text}\n`, { mode: 0o755 });
      return join(program.directory, name);
    };
    const strategy = Buffer.from('experimental_enable_docker_sandbox').toString('base64');
    const bazel = script(
      'bazel',
      `case "$*" in --version) echo bazel 6.2.0;; *flags-as-proto) echo ${strategy};; esac`,
    );
    script('docker', 'case $1 in image) exit 1;; login) cat > password;; pull) cp password pulled;; esac');
    program.settings.childEnvironment = { PATH: `${program.directory}:/usr/bin:/bin` };
    expect(
      await refusedBy('Builders', [['--context=test', `--bazel_bin=${bazel}`, '--local', 'build', '//...']]),
    ).toEqual([]);
    expect(readFileSync(join(program.directory, 'pulled'), 'utf8')).not.toBe('');
    for (const name of ['BatchGetImage', 'GetDownloadUrlForLayer', 'BatchCheckLayerAvailability'])
      expect(
        allows(policies.Builders as PolicyDocument, {
          action: `ecr:${name}`,
          resource: 'arn:aws:ecr:us-east-1:000000000000:repository/bbf/worker',
        }),
      ).toBe(true);
  });

  it.each(['Viewers', 'Releasers', 'Builders', 'Continuous integration'])('does not let %s edit', async (name) => {
    const refused = await refusedBy(name, [['want', '--workers=2', '--no-wait']]);
    expect(refused).toContain(`s3:PutObject on arn:aws:s3:::${VALUES.BUCKET}/clusters/main/cluster.json`);
  });

  it.each(['Builders', 'Continuous integration'])('lets %s hold a lease, of their clusters', async (name) => {
    world.requests.length = 0;
    const credentials = world.credentials;
    const documents = openDocuments({ region: PLACE.region, endpoint: world.endpoint, credentials }, VALUES.BUCKET);
    const wish = { cluster: 'main', id: 'one', holder: 'me', purpose: 'bbf build', pool: 'default', workers: 1 };
    await (await takeLease(documents, wish, { note: () => {}, now: Date.now })).release();
    expect(await refusedBy(name, [['status']])).toEqual([]);
    const left = { ...wish, id: 'left' };
    await takeLease(documents, left, { note: () => {}, now: Date.now });
    expect(await refusedBy(name, [['leases'], ['leases', 'release', 'left']])).toEqual([]);
    const elsewhere = {
      action: 's3:PutObject',
      resource: `arn:aws:s3:::${VALUES.BUCKET}/clusters/other/leases/one.json`,
    };
    expect(allows(policies[name] ?? { Version: '', Statement: [] }, elsewhere)).toBe(name === 'Builders');
  });

  it.each(Object.keys(policies))('keeps the key of the certificate authority from %s', (name) => {
    const policy = policies[name] ?? { Version: '', Statement: [] };
    const key = `arn:aws:s3:::${VALUES.BUCKET}/access/authority.json`;
    for (const action of ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'])
      expect(allows(policy, { action, resource: key })).toBe(false);
  });
});
