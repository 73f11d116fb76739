import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning as runs } from '../ecs/process-mark.ts';
import { type Case, esm, functionProcesses } from './process-runtime.fixture.ts';

const { directory, open, invoke } = functionProcesses();

describe('results and logs', () => {
  it('give the handler what Lambda gives it', async () => {
    open();
    const { answer, log, requestId } = await invoke({
      files: esm(`
        console.log('two\\nlines', { a: 1 });
        (await import('node:fs')).writeSync(1, 'raw output without an end');
        const { PATH, NODE_EXTRA_CA_CERTS, HOME, ...env } = process.env;
        return { event, env, foreign: NODE_EXTRA_CA_CERTS, home: HOME, id: context.awsRequestId,
          left: context.getRemainingTimeInMillis() > 0, arn: context.invokedFunctionArn, cwd: process.cwd() };`),
      payload: { x: [1] },
    });
    expect(answer).not.toHaveProperty('foreign');
    expect(answer).toMatchObject({
      event: { x: [1] },
      id: requestId,
      left: true,
      arn: 'arn:f',
      home: answer.env.LAMBDA_TASK_ROOT,
      cwd: answer.env.LAMBDA_TASK_ROOT,
      env: {
        GREETING: 'hello',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        AWS_ACCESS_KEY_ID: 'ASIA1',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
        AWS_LAMBDA_FUNCTION_NAME: 'f',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      },
    });
    expect(log).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      expect.stringMatching(new RegExp(`Z\t${requestId}\tINFO\ttwo\rlines { a: 1 }$`)),
      'raw output without an end',
      `END RequestId: ${requestId}`,
      expect.stringMatching(/^REPORT .*\tMemory Size: 256 MB\tMax Memory Used: \d\d+ MB\tInit Duration: /),
    ]);
  });

  it('run CommonJS, and handlers in folders', async () => {
    open();
    const files = { 'src/main.cjs': 'exports.run = () => undefined;' };
    expect(await invoke({ files, handler: 'src/main.run' })).toMatchObject({ failed: false, answer: null });
  });
});

describe('errors', () => {
  const rows: [string, Case, { errorType: string; errorMessage: RegExp }][] = [
    [
      'thrown',
      { files: esm('throw new RangeError("too far")') },
      { errorType: 'RangeError', errorMessage: /^too far$/ },
    ],
    ['thrown values', { files: esm('throw "text"') }, { errorType: 'string', errorMessage: /^text$/ }],
    [
      'exit',
      { files: esm('process.exit(3)') },
      { errorType: 'Runtime.ExitError', errorMessage: /exited with error: exit status 3$/ },
    ],
    [
      'silent exit',
      { files: esm('process.exit(0)') },
      { errorType: 'Runtime.ExitError', errorMessage: /without providing a reason$/ },
    ],
    [
      'no module',
      { files: { 'other.mjs': '' } },
      { errorType: 'Runtime.ImportModuleError', errorMessage: /Cannot find module 'index'/ },
    ],
    [
      'no export',
      { files: { 'index.mjs': '' } },
      { errorType: 'Runtime.HandlerNotFound', errorMessage: /index\.handler is undefined/ },
    ],
    [
      'a syntax error',
      { files: { 'index.mjs': 'export const (' } },
      { errorType: 'Runtime.UserCodeSyntaxError', errorMessage: /SyntaxError/ },
    ],
    [
      'a callback',
      { files: { 'index.cjs': 'exports.handler = (event, context, callback) => callback()' } },
      { errorType: 'Runtime.CallbackHandlerDeprecated', errorMessage: /async function/ },
    ],
    [
      'the time limit',
      { files: esm('await new Promise(() => setInterval(() => {}, 1000))'), expireMs: 50 },
      { errorType: 'Sandbox.Timedout', errorMessage: /Task timed out after 3\.00 seconds$/ },
    ],
    [
      'a busy loop at the time limit',
      { files: esm('for (;;);'), expireMs: 50 },
      { errorType: 'Sandbox.Timedout', errorMessage: /timed out/ },
    ],
    [
      'too much memory',
      {
        files: esm(
          'const held = []; for (;;) { held.push(Buffer.alloc(1 << 22, 1)); await new Promise((r) => setTimeout(r, 1)); }',
        ),
        settings: { memoryMiB: 128 },
      },
      { errorType: 'Runtime.OutOfMemory', errorMessage: /exited with error: signal: killed$/ },
    ],
  ];
  it.each(rows)('%s', async (_, one, { errorType, errorMessage }) => {
    open();
    const { failed, answer } = await invoke(one);
    expect({ failed, errorType: answer.errorType }).toEqual({ failed: true, errorType });
    expect(answer.errorMessage).toMatch(errorMessage);
  });

  it('a handler that never loads, at the time limit', async () => {
    open({ initLimitMs: 50 });
    const files = { 'index.mjs': 'await new Promise(() => setInterval(() => {}, 1000));' };
    expect((await invoke({ files, expireMs: 50 })).answer.errorType).toBe('Sandbox.Timedout');
  });

  it('an exit that leaves a program behind, which ends too', async () => {
    open();
    const { log } = await invoke({
      files: esm(`
        const { spawn } = await import('node:child_process');
        console.log('left', spawn('sleep', ['60'], { stdio: 'inherit' }).pid);
        await new Promise((resolve) => process.stdout.write('', resolve));
        process.exit(1);`),
    });
    const left = Number(/left (\d+)/.exec(log.join('\n'))?.[1]);
    expect(left).toBeGreaterThan(0);
    await expect.poll(() => runs(left)).toBe(false);
  });

  it('a zip that reaches outside', async () => {
    open();
    const { answer } = await invoke({ files: { '../outside.mjs': '' } });
    expect(answer.errorMessage).toMatch(/lies outside/);
    expect(existsSync(join(directory, 'outside.mjs'))).toBe(false);
  });

  it('the next invocation gets a new process', async () => {
    open();
    const files = esm('if (event.die) process.exit(1); return process.pid;');
    const first = (await invoke({ files })).answer;
    await invoke({ files, payload: { die: true } });
    const last = await invoke({ files });
    expect(last.failed).toBe(false);
    expect(last.answer).not.toBe(first);
  });
});
