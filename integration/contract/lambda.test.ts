/** Lambda as the SDK's own client meets it. */
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
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
});
