/** Functions, policies and the asynchronous queue, in virtual time with functions of this process. */
import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createEvents } from '../events/events.ts';
import { arn, definition, deployed, NO_ROLE, start, zip } from './test-room.ts';

const ruleArn = 'arn:aws:events:us-east-1:000000000000:rule/tick';

describe('functions', () => {
  it('take their code from S3, once', () => {
    const { lambda, world, objects } = start();
    const made = lambda.createFunction({ ...definition, Code: { S3Bucket: 'b', S3Key: 'code.zip' } });
    expect(made).toMatchObject({
      FunctionArn: arn,
      State: 'Pending',
      Timeout: 10,
      MemorySize: 128,
      CodeSize: zip().length,
    });
    objects['b/code.zip'] = zip('changed');
    world.advance(1_000);
    expect(lambda.getFunctionConfiguration({ FunctionName: arn })).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Successful',
      CodeSha256: made.CodeSha256,
    });
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['an absent object', { Code: { S3Bucket: 'b', S3Key: 'no' } }, /S3 Error Code: NoSuchKey/],
    ['no code', { Code: {} }, /Please provide a source for function code/],
    ['what is no zip', { Code: { ZipFile: strToU8('x') } }, /Could not unzip uploaded file/],
    ['an unknown runtime', { Runtime: 'nodejs12.x' }, /nodejs12\.x at 'runtime' failed to satisfy constraint/],
    ['a name for a role', { Role: 'r' }, /at 'role' failed to satisfy constraint/],
    ['a role that is not there', { Role: NO_ROLE }, /The role defined for the function cannot be assumed by Lambda/],
    ['a long timeout', { Timeout: 901 }, /less than or equal to 900/],
    ['little memory', { MemorySize: 64 }, /greater than or equal to 128/],
    ['a large environment', { Environment: { Variables: { BIG: 'x'.repeat(4096) } } }, /exceeded the 4KB limit/],
    ['a reserved variable', { Environment: { Variables: { AWS_REGION: 'x' } } }, /reserved keys.*AWS_REGION/],
  ];
  it.each(refused)('refuse %s', (_, change, message) => {
    const { lambda } = start();
    expect(() => lambda.createFunction({ ...definition, Code: { ZipFile: zip() }, ...change })).toThrow(message);
    expect(lambda.state.functions).toEqual({});
  });

  it('change one thing at a time', () => {
    const { lambda, world } = deployed();
    const before = lambda.getFunctionConfiguration({ FunctionName: 'f' });
    const after = lambda.updateFunctionCode({ FunctionName: 'f', ZipFile: zip('other') });
    expect(after.CodeSha256).not.toBe(before.CodeSha256);
    expect(after).toMatchObject({ State: 'Active', LastUpdateStatus: 'InProgress' });
    expect(() => lambda.updateFunctionConfiguration({ FunctionName: 'f', Timeout: 5 })).toThrow(
      /update is in progress/,
    );
    world.advance(1_000);
    lambda.updateFunctionConfiguration({ FunctionName: 'f', Environment: { Variables: { NAME: '1' } } });
    expect(lambda.state.functions.f).toMatchObject({ timeoutSeconds: 10, environment: { NAME: '1' } });
  });

  it('are gone after their deletion', () => {
    const { lambda } = deployed();
    lambda.deleteFunction({ FunctionName: 'f' });
    expect(() => lambda.getFunction({ FunctionName: 'f' })).toThrow(`Function not found: ${arn}`);
  });
});

describe('invocations', () => {
  it('give the result, and log as Lambda does', async () => {
    const { lambda, log } = deployed((event, context) => {
      context.log('hello');
      return { got: event, left: context.getRemainingTimeInMillis() };
    });
    const outcome = await lambda.invoke('f', '{"a":1}');
    expect(JSON.parse(outcome.payload)).toEqual({ got: { a: 1 }, left: 10_000 });
    expect(log).toEqual([
      `/aws/lambda/f START RequestId: ${outcome.requestId} Version: $LATEST`,
      '/aws/lambda/f hello',
      `/aws/lambda/f END RequestId: ${outcome.requestId}`,
      expect.stringContaining('\tBilled Duration: 0 ms\tMemory Size: 128 MB'),
    ]);
    expect(outcome.logTail).toContain('\nhello\n');
  });

  it('tell errors of the handler', async () => {
    const { lambda } = deployed(() => {
      throw new TypeError('no');
    });
    const { payload, failed } = await lambda.invoke('f', '{}');
    expect({ failed, ...JSON.parse(payload) }).toMatchObject({
      failed: true,
      errorType: 'TypeError',
      errorMessage: 'no',
    });
  });

  it('fail where the result is too large', async () => {
    const { lambda } = deployed(() => 'x'.repeat(7 * 1024 * 1024));
    const { failed, payload } = await lambda.invoke('f', '{}');
    expect({ failed, ...JSON.parse(payload) }).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
      failed: true,
    });
  });

  it('end at their time limit', async () => {
    const { lambda, world } = deployed(() => new Promise(() => {}));
    const invoked = lambda.invoke('f', '{}');
    await world.elapse(10_000);
    expect(JSON.parse((await invoked).payload).errorMessage).toMatch(/Task timed out after 10\.00 seconds$/);
  });

  it('are throttled where too many run', async () => {
    const { lambda, world } = deployed(() => new Promise(() => {}));
    const running = [lambda.invoke('f', '{}'), lambda.invoke('f', '{}')];
    await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
    await world.elapse(10_000);
    await Promise.all(running);
    lambda.putFunctionConcurrency({ FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({
      members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
  });

  it('wait for the function to become active', async () => {
    const { lambda } = start();
    lambda.createFunction({ ...definition, Code: { ZipFile: zip() } });
    await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({ code: 'ResourceConflictException', status: 409 });
  });
});

describe('the asynchronous queue', () => {
  const failing = (failures: number) => {
    const times: number[] = [];
    const room = deployed(() => {
      times.push(room.seconds() - 1);
      if (times.length <= failures) throw new Error('not yet');
    });
    return { room, times };
  };
  it('tries again after one and two minutes, then gives up', async () => {
    const { room, times } = failing(9);
    room.lambda.invokeLater('f', '{"a":1}');
    await room.world.elapse(3_600_000);
    expect(times).toEqual([0, 60, 180]);
    expect(room.lambda.state).toMatchObject({ queue: {}, drops: [{ reason: 'RetriesExhausted', payload: '{"a":1}' }] });
  });
  it('tries as often as the function says', async () => {
    const { room, times } = failing(9);
    room.lambda.putFunctionEventInvokeConfig({ FunctionName: 'f', MaximumRetryAttempts: 0 });
    room.lambda.invokeLater('f', '{}');
    await room.world.elapse(3_600_000);
    expect(times).toEqual([0]);
  });
  it('drops events that grow too old', async () => {
    const { room, times } = failing(9);
    room.lambda.putFunctionEventInvokeConfig({ FunctionName: 'f', MaximumEventAgeInSeconds: 60 });
    room.lambda.invokeLater('f', '{}');
    await room.world.elapse(3_600_000);
    expect(times).toEqual([0, 60]);
    expect(room.lambda.state.drops).toMatchObject([{ reason: 'EventAgeExceeded' }]);
  });
  it('waits while too much runs', async () => {
    const { room, times } = failing(0);
    room.lambda.putFunctionConcurrency({ FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    room.lambda.invokeLater('f', '{}');
    await room.world.elapse(2_000);
    room.lambda.deleteFunctionConcurrency({ FunctionName: 'f' });
    await room.world.elapse(2_000);
    expect(times).toEqual([3]);
  });
  it('invokes again after a restart what was not over', async () => {
    const before = deployed(() => new Promise(() => {}));
    before.lambda.invokeLater('f', '{}');
    await before.world.elapse(0);
    const times: number[] = [];
    const after = start(() => times.push(1), JSON.parse(JSON.stringify(before.lambda.state)));
    after.world.advance(1_000);
    after.lambda.resume();
    await after.world.elapse(0);
    expect(times).toEqual([1]);
    expect(after.lambda.state.queue).toEqual({});
  });
});

describe('invocations by EventBridge', () => {
  function ticking() {
    const room = deployed();
    const events = createEvents({ world: room.world, invokeFunction: room.lambda.invokeForRule });
    events.putRule({ Name: 'tick', ScheduleExpression: 'rate(1 minute)' });
    events.putTargets({ Rule: 'tick', Targets: [{ Id: 'f', Arn: arn }] });
    return { ...room, events };
  }
  const rows: [string, Record<string, unknown> | undefined, boolean][] = [
    ['no permission', undefined, false],
    ['the rule', { SourceArn: ruleArn }, true],
    ['any rule', { SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/*' }, true],
    ['no source at all', {}, true],
    ['another rule', { SourceArn: `${ruleArn}2` }, false],
    ['another account', { SourceAccount: '111111111111' }, false],
    ['another service', { Principal: 's3.amazonaws.com' }, false],
    ['another action', { Action: 'lambda:GetFunction' }, false],
  ];
  it.each(rows)('permission for %s', async (_, permission, invoked) => {
    const { lambda, events, world, log } = ticking();
    const base = {
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    };
    if (permission) lambda.addPermission({ ...base, ...permission });
    await world.elapse(60_000);
    expect(log.some((line) => line.includes('START'))).toBe(invoked);
    expect(events.state.drops.map(({ reason }) => reason)).toEqual(invoked ? [] : ['AccessDeniedException']);
  });
});
