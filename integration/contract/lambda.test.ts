/** Lambda as the SDK's own client meets it. */
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createInProcessRuntime, type InProcessFunction } from '../../local/cloud/lambda/in-process-runtime.ts';
import { createLambda } from '../../local/cloud/lambda/lambda.ts';
import { createLambdaWire } from '../../local/cloud/lambda/wire.ts';
import { createMemoryBlobs } from '../../local/cloud/s3/state.ts';
import { createVirtualWorld } from '../../local/cloud/virtual-world.ts';
import { inProcess } from './in-process.ts';

const zip = (text: string) => zipSync({ 'index.mjs': strToU8(text) });
const definition: CreateFunctionCommandInput = {
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/r',
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Code: { ZipFile: zip('one') },
};
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const f = { FunctionName: 'f' };

function service(run: InProcessFunction = (event) => event) {
  const world = createVirtualWorld();
  const lambda = createLambda({
    world,
    runtime: createInProcessRuntime(world, { f: run }),
    blobs: createMemoryBlobs(),
    readObject: () => zip('from S3'),
    issueSession: () => ({ accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' }),
    appendLog: () => {},
    urlBase: 'http://127.0.0.1:4599',
  });
  const client = new LambdaClient(inProcess(createLambdaWire(lambda)));
  return { world, client };
}

async function deployed(run?: InProcessFunction) {
  const room = service(run);
  await room.client.send(new CreateFunctionCommand(definition));
  room.world.advance(1_000);
  return room;
}

describe('functions', () => {
  it('are created, read, changed, listed and deleted', async () => {
    const { client, world } = service();
    const made = await client.send(
      new CreateFunctionCommand({
        ...definition,
        Code: { S3Bucket: 'b', S3Key: 'k' },
        Timeout: 60,
        MemorySize: 512,
        Environment: { Variables: { NAME: 'value' } },
        Tags: { team: 'build' },
      }),
    );
    expect(made).toMatchObject({ FunctionArn: arn, State: 'Pending', Environment: { Variables: { NAME: 'value' } } });
    world.advance(1_000);
    expect(await client.send(new GetFunctionCommand({ FunctionName: arn }))).toMatchObject({
      Configuration: { State: 'Active', Timeout: 60, MemorySize: 512, Runtime: 'nodejs24.x', Version: '$LATEST' },
      Tags: { team: 'build' },
    });
    const changed = await client.send(new UpdateFunctionCodeCommand({ ...f, ZipFile: zip('two') }));
    expect(changed).toMatchObject({ LastUpdateStatus: 'InProgress', CodeSize: zip('two').length });
    await expect(client.send(new UpdateFunctionConfigurationCommand({ ...f, Timeout: 5 }))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    world.advance(1_000);
    await client.send(new UpdateFunctionConfigurationCommand({ ...f, Timeout: 5 }));
    expect(await client.send(new GetFunctionConfigurationCommand(f))).toMatchObject({
      Timeout: 5,
      MemorySize: 512,
      CodeSha256: changed.CodeSha256,
    });
    expect((await client.send(new ListFunctionsCommand({ MaxItems: 1 }))).Functions).toHaveLength(1);
    await client.send(new DeleteFunctionCommand(f));
    await expect(client.send(new GetFunctionCommand(f))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}`,
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('exist once', async () => {
    const { client } = await deployed();
    await expect(client.send(new CreateFunctionCommand(definition))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: f',
    });
  });

  it('refuse what the local cloud does not know, loudly', async () => {
    const { client } = await deployed();
    await expect(client.send(new ListTagsCommand({ Resource: arn }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('GET /2017-03-31/tags/'),
    });
  });
});

describe('Invoke', () => {
  const text = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString();
  it('answers with the result and the end of the log', async () => {
    const { client } = await deployed((event, context) => {
      context.log('noted');
      return event;
    });
    const answer = await client.send(new InvokeCommand({ ...f, Payload: strToU8('{"a":"é"}'), LogType: 'Tail' }));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(text(answer.Payload)).toBe('{"a":"é"}');
    expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toContain('\nnoted\n');
  });
  it('says that the function failed', async () => {
    const { client } = await deployed(() => {
      throw new RangeError('too far');
    });
    const answer = await client.send(new InvokeCommand(f));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(text(answer.Payload))).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });
  it('later, or not at all', async () => {
    const seen: unknown[] = [];
    const { client, world } = await deployed((event) => void seen.push(event));
    expect(await client.send(new InvokeCommand({ ...f, InvocationType: 'DryRun' }))).toMatchObject({ StatusCode: 204 });
    const accepted = await client.send(
      new InvokeCommand({ ...f, InvocationType: 'Event', Payload: strToU8('{"a":1}') }),
    );
    expect(accepted).toMatchObject({ StatusCode: 202 });
    expect(seen).toEqual([]);
    await world.elapse(0);
    expect(seen).toEqual([{ a: 1 }]);
  });
  it('refuses what is no JSON, and waits for a free place', async () => {
    const { client } = await deployed();
    await expect(client.send(new InvokeCommand({ ...f, Payload: strToU8('{') }))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await client.send(new PutFunctionConcurrencyCommand({ ...f, ReservedConcurrentExecutions: 0 }));
    expect(await client.send(new GetFunctionConcurrencyCommand(f))).toMatchObject({ ReservedConcurrentExecutions: 0 });
    await expect(client.send(new InvokeCommand(f))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
    await client.send(new DeleteFunctionConcurrencyCommand(f));
    expect(await client.send(new InvokeCommand(f))).toMatchObject({ StatusCode: 200 });
  });
});

describe('permissions', () => {
  it('are added, read and removed', async () => {
    const { client } = await deployed();
    const permission = {
      ...f,
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
    };
    const expected = {
      Sid: 'rule',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arn,
      Condition: { ArnLike: { 'AWS:SourceArn': permission.SourceArn } },
    };
    const added = await client.send(new AddPermissionCommand(permission));
    expect(JSON.parse(added.Statement ?? '')).toEqual(expected);
    await expect(client.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
    const { Policy = '' } = await client.send(new GetPolicyCommand(f));
    expect(JSON.parse(Policy)).toEqual({ Version: '2012-10-17', Id: 'default', Statement: [expected] });
    await client.send(new RemovePermissionCommand({ ...f, StatementId: 'rule' }));
    await expect(client.send(new GetPolicyCommand(f))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('Function URLs and asynchronous limits', () => {
  it('have a configuration each', async () => {
    const { client } = await deployed();
    const made = await client.send(new CreateFunctionUrlConfigCommand({ ...f, AuthType: 'AWS_IAM' }));
    expect(made.FunctionUrl).toMatch(/^http:\/\/127\.0\.0\.1:4599\/_lambda-url\/[a-z0-9]{32}\/$/);
    await client.send(new UpdateFunctionUrlConfigCommand({ ...f, AuthType: 'NONE' }));
    expect(await client.send(new GetFunctionUrlConfigCommand(f))).toMatchObject({
      FunctionUrl: made.FunctionUrl,
      FunctionArn: arn,
      AuthType: 'NONE',
      InvokeMode: 'BUFFERED',
    });
    await client.send(new DeleteFunctionUrlConfigCommand(f));
    await expect(client.send(new GetFunctionUrlConfigCommand(f))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
  it('limit retries', async () => {
    const { client } = await deployed();
    await client.send(
      new PutFunctionEventInvokeConfigCommand({ ...f, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }),
    );
    expect(await client.send(new GetFunctionEventInvokeConfigCommand(f))).toMatchObject({
      FunctionArn: `${arn}:$LATEST`,
      LastModified: new Date('2026-01-05T08:00:01Z'),
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    await client.send(new DeleteFunctionEventInvokeConfigCommand(f));
    await expect(client.send(new GetFunctionEventInvokeConfigCommand(f))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
