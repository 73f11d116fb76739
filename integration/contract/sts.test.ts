/** Who may speak to the cloud: signatures, clocks, role sessions, and how each protocol says no. */
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { sdkClients, startCloud, type TestCloud } from './harness.ts';
import { sdkHandler } from './sdk-handler.ts';

const MINUTE_MS = 60_000;
const trust = (Principal: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] });
const ACCOUNT = { AWS: '000000000000' };

async function roleOf({ iam }: TestCloud, principal: object = ACCOUNT) {
  const created = await iam.send(
    new CreateRoleCommand({ RoleName: 'builder', Path: '/team/', AssumeRolePolicyDocument: trust(principal) }),
  );
  return created.Role;
}

/** One read of each protocol. */
const reads = (clients: ReturnType<typeof sdkClients>) => [
  clients.s3.send(new ListBucketsCommand({})),
  clients.sts.send(new GetCallerIdentityCommand({})),
  clients.cfn.send(new ListStacksCommand({})),
  clients.ecs.send(new ListClustersCommand({})),
  clients.lambda.send(new ListFunctionsCommand({})),
];
async function refusals(clients: ReturnType<typeof sdkClients>): Promise<string[]> {
  const outcomes = await Promise.allSettled(reads(clients));
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return 'none';
    const { name, $metadata } = outcome.reason;
    return `${name} ${$metadata?.httpStatusCode}`;
  });
}

describe('a request is refused, in the words of its service,', () => {
  it('when its key is unknown', async () => {
    const { clientsFor } = await startCloud();
    const clients = clientsFor({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' });
    expect(await refusals(clients)).toEqual([
      'InvalidAccessKeyId 403',
      'InvalidClientTokenId 403',
      'InvalidClientTokenId 403',
      'UnrecognizedClientException 400',
      'UnrecognizedClientException 403',
    ]);
  });
  it('when its secret is wrong', async () => {
    const { clientsFor, credentials } = await startCloud();
    expect(await refusals(clientsFor({ ...credentials, secretAccessKey: 'x' }))).toEqual([
      'SignatureDoesNotMatch 403',
      'SignatureDoesNotMatch 403',
      'SignatureDoesNotMatch 403',
      'InvalidSignatureException 400',
      'InvalidSignatureException 403',
    ]);
  });
  it('when it was signed too long ago: 15 minutes for S3, 5 for the others', async () => {
    const { world, ...clients } = await startCloud();
    await world.elapse(10 * MINUTE_MS);
    expect(await refusals(clients)).toEqual([
      'none',
      'SignatureDoesNotMatch 403',
      'SignatureDoesNotMatch 403',
      'InvalidSignatureException 400',
      'InvalidSignatureException 403',
    ]);
  });
  it('by S3 in words of its own when the clock is off', async () => {
    const { world, s3 } = await startCloud();
    await world.elapse(20 * MINUTE_MS);
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
  });
  it('when it is meant for another region', async () => {
    const { cloud, endpoint, credentials } = await startCloud();
    const elsewhere = sdkClients({ endpoint, credentials, requestHandler: sdkHandler(cloud), region: 'eu-west-1' });
    await expect(elsewhere.s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'AuthorizationHeaderMalformed',
    });
  });
  it('when somebody changed it on its way', async () => {
    const { cloud, endpoint, credentials, world } = await startCloud();
    const tampering = {
      handle: (request: Parameters<typeof cloud.handle>[0]) =>
        cloud.handle({ ...request, body: Buffer.from('{"maxResults":1}') }),
    };
    const clients = sdkClients({ endpoint, credentials, requestHandler: sdkHandler(tampering) });
    clients.ecs.config.systemClockOffset = world.now() - Date.now();
    await expect(clients.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });
  it('when it carries no signature', async () => {
    const { cloud } = await startCloud();
    const request = { method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, body: new Uint8Array() };
    expect((await cloud.handle(request)).status).toBe(403);
  });
});

describe('a role session', () => {
  it('acts under its own name until it ends', async () => {
    const cloud = await startCloud();
    const role = await roleOf(cloud);
    const answer = await cloud.sts.send(
      new AssumeRoleCommand({ RoleArn: role?.Arn, RoleSessionName: 'job-1', DurationSeconds: 900 }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {};
    expect(Expiration?.getTime()).toBe(cloud.world.now() + 900_000);
    const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const session = cloud.clientsFor({ ...key, sessionToken: SessionToken });
    expect(await session.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/builder/job-1',
      UserId: `${role?.RoleId}:job-1`,
      Account: '000000000000',
    });
    expect((await refusals(cloud.clientsFor(key)))[1]).toBe('InvalidClientTokenId 403');
    expect((await refusals(cloud.clientsFor({ ...key, sessionToken: 'other' })))[0]).toBe('InvalidToken 400');
    await cloud.advance(15 * MINUTE_MS);
    expect(await refusals(session)).toEqual([
      'ExpiredToken 400',
      'ExpiredToken 403',
      'ExpiredToken 403',
      'ExpiredTokenException 400',
      'ExpiredTokenException 403',
    ]);
  });
  it('is for those whom the role trusts', async () => {
    const cloud = await startCloud();
    const role = await roleOf(cloud, { Service: 'ecs-tasks.amazonaws.com' });
    const assume = (RoleArn: string | undefined) =>
      cloud.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }));
    await expect(assume(role?.Arn)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume('arn:aws:iam::000000000000:role/absent')).rejects.toMatchObject({ name: 'AccessDenied' });
    // The services themselves take it all the same, and are given one session while it is fresh.
    const issue = () => cloud.cloud.services.iam.issueSession(role?.Arn ?? '', 'task', 3600);
    const first = issue();
    await cloud.advance(29 * MINUTE_MS);
    expect(issue()).toEqual(first);
    await cloud.advance(2 * MINUTE_MS);
    expect(issue()).not.toEqual(first);
  });
});
