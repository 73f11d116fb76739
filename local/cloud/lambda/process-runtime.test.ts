/** Functions as real processes: results, errors, limits, warm reuse, and that nothing is left behind. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isRunning as runs } from '../ecs/process-mark.ts';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from './process-runtime.ts';
import type { FunctionSettings, Invocation } from './runtime.ts';

const directory = mkdtempSync(join(tmpdir(), 'bbf-lambda-'));
const bootstrap = join(directory, 'bootstrap.mjs');
let runtime: ProcessRuntime;

beforeAll(async () => {
  const entry = join(import.meta.dirname, 'bootstrap.ts');
  await build({
    entryPoints: [entry],
    outfile: bootstrap,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});
afterEach(() => runtime.stop());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Case {
  files: Record<string, string>;
  handler?: string;
  settings?: Partial<FunctionSettings>;
  payload?: unknown;
  /** The time limit passes this long after the invocation began. */
  expireMs?: number;
  revision?: string;
}

function open(times: Pick<ProcessRuntimeOptions, 'idleMs' | 'initLimitMs' | 'surplusIdleMs'> = {}): ProcessRuntime {
  runtime = createProcessRuntime({
    bootstrap,
    cacheDirectory: join(directory, 'code'),
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:4599',
    uuid: () => 'ab'.repeat(16),
    ...times,
  });
  return runtime;
}

let requests = 0;
async function invoke({ files, handler, settings, payload = {}, expireMs, revision = '1' }: Case) {
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  const log: string[] = [];
  const expiry = new AbortController();
  const requestId = `request-${++requests}`;
  const invocation: Invocation = {
    requestId,
    settings: {
      name: 'f',
      arn: 'arn:f',
      runtime: 'nodejs22.x',
      handler: handler ?? 'index.handler',
      role: 'arn:r',
      timeoutSeconds: 3,
      memoryMiB: 256,
      environment: { GREETING: 'hello' },
      logGroup: '/aws/lambda/f',
      codeSha256: createHash('sha256').update(zip).digest('base64'),
      revisionId: revision,
      ...settings,
    },
    payload: JSON.stringify(payload),
    code: () => zip,
    credentials: () => ({ accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token' }),
    log: (_, line) => void log.push(line),
    begin() {
      if (expireMs !== undefined) setTimeout(() => expiry.abort(), expireMs);
      return { at: Date.now() + 3_000, expired: expiry.signal };
    },
  };
  const { payload: answer, failed } = await runtime.invoke(invocation);
  return { failed, answer: JSON.parse(answer), log, requestId };
}

const esm = (body: string) => ({ 'index.mjs': `export const handler = async (event, context) => { ${body} };` });

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

describe('environments', () => {
  const counting = esm('globalThis.n = (globalThis.n ?? 0) + 1; return { n: globalThis.n, pid: process.pid };');

  it('stay warm for the next invocation', async () => {
    open();
    const first = await invoke({ files: counting });
    const second = await invoke({ files: counting });
    expect([first.answer.n, second.answer]).toEqual([1, { n: 2, pid: first.answer.pid }]);
    expect(second.log.at(-1)).not.toContain('Init Duration');
  });

  /** So many invocations at once, none of which ends before all have begun. */
  const together = (count: number) => {
    const meeting = mkdtempSync(join(directory, 'meeting-'));
    const files = esm(`
      const { readdirSync, writeFileSync } = await import('node:fs');
      writeFileSync('${meeting}/' + process.pid, '');
      while (readdirSync('${meeting}').length < ${count}) await new Promise((resolve) => setTimeout(resolve, 5));
      globalThis.n = (globalThis.n ?? 0) + 1;
      return { n: globalThis.n, pid: process.pid };`);
    return { files, answers: Promise.all(Array.from({ length: count }, () => invoke({ files }))) };
  };

  it('run side by side', async () => {
    open();
    expect((await together(3).answers).map(({ answer }) => answer.n)).toEqual([1, 1, 1]);
  });

  it('are not started for a burst that is over before another could have started', async () => {
    open();
    const burst = await Promise.all(Array.from({ length: 8 }, () => invoke({ files: counting })));
    expect(new Set(burst.map(({ answer }) => answer.pid)).size).toBe(1);
    expect(burst.map(({ answer }) => answer.n).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('that end at their start leave nobody waiting', async () => {
    open();
    const files = esm('process.exit(1)');
    const burst = await Promise.all([1, 2, 3].map(() => invoke({ files })));
    expect(burst.map(({ answer }) => answer.errorType)).toEqual(Array(3).fill('Runtime.ExitError'));
  });

  it('are started for nobody who still waits when the cloud ends', async () => {
    open();
    const files = esm('await new Promise(() => setInterval(() => {}, 1000));');
    const burst = [1, 2, 3].map(() => invoke({ files }));
    await runtime.stop();
    expect((await Promise.all(burst)).map(({ failed }) => failed)).toEqual([true, true, true]);
  });

  it('shrink to one soon after a burst', async () => {
    open({ surplusIdleMs: 20 });
    const { files, answers } = together(3);
    const burst = await answers;
    const alive = () => burst.filter(({ answer }) => runs(answer.pid)).map(({ answer }) => answer.pid);
    await expect.poll(alive).toHaveLength(1);
    expect((await invoke({ files })).answer).toEqual({ n: 2, pid: alive()[0] });
  });

  it('end when their revision does', async () => {
    open();
    const old = (await invoke({ files: counting })).answer.pid;
    runtime.retire('f');
    await expect.poll(() => runs(old)).toBe(false);
    expect((await invoke({ files: counting, revision: '2' })).answer.n).toBe(1);
  });

  it('end when idle, and with the cloud', async () => {
    open({ idleMs: 20 });
    const idle = (await invoke({ files: counting })).answer.pid;
    await expect.poll(() => runs(idle)).toBe(false);
    await runtime.stop();
    open();
    const warm = (await invoke({ files: counting })).answer.pid;
    await runtime.stop();
    expect(runs(warm)).toBe(false);
  });

  it('end when the process that started them goes away', async () => {
    const env = { _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: directory };
    const child = spawn(process.execPath, [bootstrap], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
