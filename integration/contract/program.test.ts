/** The local cloud as a program: what survives its end, who may hold its state, and the AWS CLI against its port. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from '../../local/cloud/program.ts';
import { StateHeld } from '../../local/cloud/state-directory.ts';
import { sdkClients, startCloudOnPort } from './harness.ts';

const Bucket = 'kept';
let directory = '';
let stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-program-'));
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  rmSync(directory, { recursive: true, force: true });
});

async function start(port = 0) {
  const reports: string[] = [];
  const place = { stateDirectory: join(directory, 'state'), programDirectory: join(directory, 'no-programs') };
  const settings = {
    ...place,
    port,
    tasks: 'processes' as const,
    environment: {},
    region: 'us-east-1',
    account: '000000000000',
  };
  const program = await startProgram({ ...settings, report: (message) => void reports.push(message) });
  stops.push(program.stop);
  const file = (name: string) => join(place.stateDirectory, name);
  const endpoint = `http://127.0.0.1:${program.port}`;
  return { ...program, ...sdkClients({ endpoint, credentials: keysIn(file('credentials')) }), file, reports };
}

function keysIn(file: string) {
  const text = readFileSync(file, 'utf8');
  const value = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(text)?.[1] ?? '';
  expect(text.startsWith('[bbf-local]\n')).toBe(true);
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

describe('the program', () => {
  it('says where it answers, to the user alone, and takes that back at its end', async () => {
    const { file, port, stop } = await start();
    const said = JSON.parse(readFileSync(file('cloud.json'), 'utf8'));
    expect(said).toMatchObject({ pid: process.pid, port, startedAt: expect.stringMatching(/Z$/) });
    expect(statSync(file('credentials')).mode & 0o777).toBe(0o600);
    await stop();
    expect(() => statSync(file('cloud.json'))).toThrow('ENOENT');
  });
  it('keeps objects and keys over a restart', async () => {
    const first = await start();
    await first.s3.send(new CreateBucketCommand({ Bucket }));
    const { ETag } = await first.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'a' }));
    await first.stop();
    const second = await start();
    const found = await second.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect([found.ETag, await found.Body?.transformToString()]).toEqual([ETag, 'a']);
    // The same key pair as before the restart.
    await second.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'b', IfMatch: ETag }));
    expect(second.reports).toEqual([]);
  });
  it('loses one service only to a damaged file', async () => {
    const first = await start();
    await first.s3.send(new CreateBucketCommand({ Bucket }));
    await first.stop();
    writeFileSync(first.file('state/s3.json'), '{');
    const second = await start();
    expect(second.reports[0]).toContain('The saved state of s3');
    await second.sts.send(new GetCallerIdentityCommand({}));
  });
  it('refuses a state directory that another live cloud holds, but not that of a dead one', async () => {
    const { port, file } = await start();
    const foreign = { pid: process.ppid, startedAt: new Date().toISOString() };
    writeFileSync(file('lock.json'), JSON.stringify(foreign));
    await expect(start()).rejects.toBeInstanceOf(StateHeld);
    // A process of that number that answers as no cloud does is another program.
    writeFileSync(file('lock.json'), JSON.stringify({ ...foreign, startedAt: '2020-01-01T00:00:00Z' }));
    expect((await start()).port).not.toBe(port);
  });
  it('reports a port in use, and leaves the directory free', async () => {
    const { port, stop } = await start();
    const other = join(directory, 'other');
    const place = { port, stateDirectory: other, programDirectory: other, tasks: 'processes' as const };
    const settings = { ...place, environment: {}, region: 'us-east-1', account: '000000000000' };
    const second = startProgram({ ...settings, report: () => {} });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(() => statSync(join(other, 'lock.json'))).toThrow('ENOENT');
    await stop();
  });
});

const hasAws = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.info('The AWS CLI is not on PATH: its tests are skipped (apt-get install awscli).');
    return false;
  }
})();

describe.skipIf(!hasAws)('the AWS CLI', () => {
  let cloud: Awaited<ReturnType<typeof startCloudOnPort>>;
  let files = '';
  beforeAll(async () => {
    cloud = await startCloudOnPort();
    files = mkdtempSync(join(tmpdir(), 'bbf-aws-'));
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(files, { recursive: true, force: true });
  });
  const aws = async (...args: string[]) => {
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const env = {
      PATH: process.env.PATH,
      HOME: files,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    // By flag: the CLI knows AWS_ENDPOINT_URL since 2.13 only, and Debian 12 has 2.9.
    const words = ['--endpoint-url', cloud.endpoint, ...args];
    const found = await promisify(execFile)('aws', words, { env, encoding: 'utf8' });
    return found.stdout;
  };

  it('copies, lists, synchronises and removes, above the size of one part too', { timeout: 120_000 }, async () => {
    const [here, back] = [join(files, 'here'), join(files, 'back')];
    mkdirSync(here);
    writeFileSync(join(here, 'big'), Buffer.alloc(9 * 1024 * 1024, 'bbf'));
    writeFileSync(join(here, 'a b+ü'), 'hello');
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    await aws('s3', 'cp', '--recursive', '--only-show-errors', here, `s3://${Bucket}/dir`);
    expect(await aws('s3', 'ls', `s3://${Bucket}/dir/`)).toMatch(/ 5 a b\+ü\n.* 9437184 big\n/);
    await aws('s3', 'sync', '--only-show-errors', `s3://${Bucket}/dir`, back);
    for (const name of ['big', 'a b+ü'])
      expect(readFileSync(join(back, name)).equals(readFileSync(join(here, name)))).toBe(true);
    await aws('s3', 'rm', '--recursive', '--only-show-errors', `s3://${Bucket}`);
    expect((await cloud.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });
});
