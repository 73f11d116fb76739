/** The AWS::Lambda resources through create, update and delete, as a stack would drive them. */
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createMemoryBlobs } from '../s3/state.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createInProcessRuntime } from './in-process-runtime.ts';
import { createLambda } from './lambda.ts';

const context = {
  stackName: 's',
  stackId: 'id',
  logicalId: 'L',
  tags: { stack: 's' },
  generatedName: () => 's-L-X',
};
const properties = {
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/r',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { S3Bucket: 'b', S3Key: 'one.zip' },
  Timeout: '60',
  Environment: { Variables: { COUNT: 3 } },
};
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';

function start() {
  const world = createVirtualWorld();
  const blobs = createMemoryBlobs();
  const lambda = createLambda({
    world,
    blobs,
    runtime: createInProcessRuntime(world, {}),
    readObject: (_, key) => zipSync({ 'index.mjs': strToU8(key) }),
    issueSession: () => ({ accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' }),
    appendLog: () => {},
    urlBase: 'http://127.0.0.1:4599',
  });
  const provider = (type: string) => lambda.providers.find((one) => one.type === type)!;
  return { world, blobs, lambda, provider };
}

function withFunction() {
  const room = start();
  room.provider('AWS::Lambda::Function').create(properties, context);
  room.world.advance(1_000);
  return room;
}

describe('AWS::Lambda::Function', () => {
  it('is stable when it is active', () => {
    const { world, lambda, provider } = start();
    const made = provider('AWS::Lambda::Function').create({ ...properties, ReservedConcurrentExecutions: 1 }, context);
    expect(made).toEqual({ physicalId: 'f', attributes: { Arn: arn } });
    expect(provider('AWS::Lambda::Function').stability?.('f', properties)).toEqual({ state: 'pending' });
    world.advance(1_000);
    expect(provider('AWS::Lambda::Function').stability?.('f', properties)).toEqual({ state: 'stable' });
    expect(lambda.state.functions.f).toMatchObject({
      timeoutSeconds: 60,
      environment: { COUNT: '3' },
      reservedConcurrency: 1,
      tags: { stack: 's' },
    });
  });
  it('takes new code and new configuration, and forgets what the template no longer says', () => {
    const { lambda, provider } = withFunction();
    const before = structuredClone(lambda.state.functions.f)!;
    const { Environment, Timeout, ...rest } = properties;
    const after = { ...rest, Code: { S3Bucket: 'b', S3Key: 'two.zip' }, MemorySize: 512 };
    provider('AWS::Lambda::Function').update('f', properties, after, context);
    expect(lambda.state.functions.f).toMatchObject({ timeoutSeconds: 3, memoryMiB: 512, environment: {} });
    expect(lambda.state.functions.f?.codeSha256).not.toBe(before.codeSha256);
  });
  it('is replaced for another name, and deleted once', () => {
    const { lambda, provider } = withFunction();
    const functions = provider('AWS::Lambda::Function');
    expect(functions.update('f', properties, { ...properties, FunctionName: 'g' }, context)).toBe('replace');
    functions.delete('f', properties, context);
    functions.delete('f', properties, context);
    expect(lambda.state.functions).toEqual({});
  });
  it('packs inline source as index.js', () => {
    const { lambda, provider, blobs } = start();
    provider('AWS::Lambda::Function').create({ ...properties, Code: { ZipFile: 'exports.handler' } }, context);
    const sha256 = Buffer.from(lambda.state.functions.f!.codeSha256, 'base64').toString('hex');
    expect(Object.keys(unzipSync(blobs.get(`lambda-${sha256}`)!))).toEqual(['index.js']);
  });
});

describe('AWS::Lambda::Permission', () => {
  it('makes a statement, is replaced by any change, and deletes one that is gone', () => {
    const { lambda, provider } = withFunction();
    const permissions = provider('AWS::Lambda::Permission');
    const permission = {
      FunctionName: arn,
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'AWS_IAM',
      InvokedViaFunctionUrl: 'true',
    };
    expect(permissions.create(permission, context).physicalId).toBe('s-L-X');
    expect(lambda.state.functions.f?.policy).toMatchObject([
      {
        Sid: 's-L-X',
        Condition: {
          StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
          Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
        },
      },
    ]);
    expect(permissions.update('s-L-X', permission, permission, context)).toBe('replace');
    permissions.delete('s-L-X', permission, context);
    permissions.delete('s-L-X', permission, context);
    expect(lambda.state.functions.f?.policy).toEqual([]);
  });
});

describe('AWS::Lambda::Url', () => {
  it('keeps its address when its type changes', () => {
    const { lambda, provider } = withFunction();
    const urls = provider('AWS::Lambda::Url');
    const before = { TargetFunctionArn: arn, AuthType: 'AWS_IAM', Cors: { AllowOrigins: ['*'] } };
    const made = urls.create(before, context);
    expect(made.physicalId).toBe(arn);
    const after = { TargetFunctionArn: 'f', AuthType: 'NONE' };
    expect(urls.update(arn, before, after, context)).toEqual(made);
    expect(lambda.state.functions.f?.url).toMatchObject({ authType: 'NONE' });
    expect(lambda.state.functions.f?.url?.cors).toBeUndefined();
    expect(urls.update(arn, before, { ...before, TargetFunctionArn: 'g' }, context)).toBe('replace');
    urls.delete(arn, before, context);
    urls.delete(arn, before, context);
    expect(lambda.state.functions.f?.url).toBeUndefined();
  });
});

describe('AWS::Lambda::EventInvokeConfig', () => {
  it('says how often to try', () => {
    const { lambda, provider } = withFunction();
    const configs = provider('AWS::Lambda::EventInvokeConfig');
    const before = { FunctionName: 'f', Qualifier: '$LATEST', MaximumRetryAttempts: '0' };
    const { physicalId } = configs.create(before, context);
    expect(() => configs.create(before, context)).toThrow(/already exists/);
    configs.update(physicalId, before, { ...before, MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 }, context);
    expect(lambda.state.functions.f?.eventInvoke).toMatchObject({
      maximumRetryAttempts: 1,
      maximumEventAgeSeconds: 300,
    });
    configs.delete(physicalId, before, context);
    configs.delete(physicalId, before, context);
    expect(lambda.state.functions.f?.eventInvoke).toBeUndefined();
  });
});
