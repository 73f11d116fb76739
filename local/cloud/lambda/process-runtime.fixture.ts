/** Functions as real processes, for tests: their runtime, opened anew for each, and one invocation of it with all that Lambda gives. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from './process-runtime.ts';
import type { FunctionSettings, Invocation } from './runtime.ts';

export interface Case {
  files: Record<string, string>;
  handler?: string;
  settings?: Partial<FunctionSettings>;
  payload?: unknown;
  /** The time limit passes this long after the invocation began. */
  expireMs?: number;
  revision?: string;
}

export const esm = (body: string) => ({ 'index.mjs': `export const handler = async (event, context) => { ${body} };` });

/** For a file of tests: each opens a runtime of its own, which ends with it. */
export function functionProcesses() {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-lambda-'));
  const bootstrap = join(directory, 'bootstrap.mjs');
  let runtime: ProcessRuntime | undefined;
  let requests = 0;
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
  afterEach(() => runtime?.stop());
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

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
    const { payload: answer, failed } = await (runtime ?? open()).invoke(invocation);
    return { failed, answer: JSON.parse(answer), log, requestId };
  }

  return { directory, bootstrap, open, invoke };
}
