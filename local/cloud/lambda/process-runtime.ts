/** Runs functions as Node.js processes of this machine: warm ones are reused, idle ones end after a while. */
import { dirname } from 'node:path';
import { type Environment, startEnvironment } from './environment.ts';
import { logStreamName } from './log-lines.ts';
import { type FunctionRuntime, type FunctionSettings, failure, type Invocation, type Outcome } from './runtime.ts';
import { unpackOnce } from './unpack.ts';

export interface ProcessRuntimeOptions {
  /** Path of dist/lambda-bootstrap.mjs. */
  bootstrap: string;
  /** Where zips are unpacked, one directory for each hash. */
  cacheDirectory: string;
  region: string;
  /** What the SDK in the function talks to. */
  endpointUrl: string;
  uuid(): string;
  /** An environment without work ends after this long. Lambda's own time is not documented; default five minutes. */
  idleMs?: number | undefined;
  /** The same for one that becomes idle while another of the function is idle already. Default a minute. */
  surplusIdleMs?: number | undefined;
  /** How long loading the handler may take before the time limit of the invocation runs. Default: Lambda's 10 s. */
  initLimitMs?: number | undefined;
}

export interface ProcessRuntime extends FunctionRuntime {
  /** Ends every process; fulfilled when all are gone. */
  stop(): Promise<void>;
}

interface Tenant {
  functionName: string;
  revisionId: string;
  environment: Environment;
  startedAt: number;
  busy: boolean;
  /** Its first invocation may still turn out to be a short one. */
  isStarting: boolean;
  /** Of a revision that is no more: to be ended as soon as it is free. */
  retired: boolean;
  idle?: NodeJS.Timeout;
}

const DEFAULT_IDLE_MS = 300_000;
/** Long after a burst one warm environment is enough: the reconciler's holds some 75 MiB (seen in /proc). Bursts come in rows, and a start takes most of a second of CPU. */
const SURPLUS_IDLE_MS = 60_000;
/** What an invocation of a burst takes: the reconciler's answers within tens of milliseconds where another one's pass is under way. */
const SHORT_MS = 250;
/** Credentials last twelve hours, and up to half of that may be over when an environment gets them. */
const LONGEST_LIFE_MS = 5 * 3_600_000;

export const createProcessRuntime = (options: ProcessRuntimeOptions): ProcessRuntime => new Processes(options);

class Processes implements ProcessRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #tenants = new Set<Tenant>();
  /** Invocations without a tenant, the longest waiting first. */
  readonly #waiting: { revisionId: string; resolve(): void }[] = [];
  #stopped = false;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
  }

  async invoke(invocation: Invocation): Promise<Outcome> {
    let tenant: Tenant;
    try {
      tenant = await this.#tenantFor(invocation);
    } catch (error) {
      this.#wake(invocation.settings.revisionId);
      return failure('Runtime.EnvironmentError', `The environment could not be started: ${(error as Error).message}`);
    }
    try {
      return await tenant.environment.run(invocation);
    } finally {
      this.#release(tenant);
    }
  }

  retire(functionName: string): void {
    for (const tenant of this.#tenants) {
      if (tenant.functionName !== functionName) continue;
      tenant.retired = true;
      if (!tenant.busy) void this.#evict(tenant);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    await Promise.all([...this.#tenants].map((tenant) => this.#evict(tenant)));
  }

  /** Of a burst most are over before a second process could have started, so that a start is waited for, and the first to be free is taken. */
  async #tenantFor(invocation: Invocation): Promise<Tenant> {
    const { revisionId } = invocation.settings;
    for (;;) {
      const tenant =
        this.#freeTenant(revisionId) ?? (this.#startsOne(revisionId) ? undefined : this.#start(invocation));
      if (tenant) return tenant;
      await new Promise<void>((resolve) => this.#waiting.push({ revisionId, resolve }));
      if (this.#stopped) throw new Error('the cloud ends');
    }
  }

  #freeTenant(revisionId: string): Tenant | undefined {
    for (const tenant of this.#tenants) {
      if (tenant.busy || tenant.revisionId !== revisionId) continue;
      if (usable(tenant)) return occupied(tenant);
      void this.#evict(tenant);
    }
    return undefined;
  }

  #startsOne(revisionId: string): boolean {
    return [...this.#tenants].some((one) => one.revisionId === revisionId && one.isStarting);
  }

  #start(invocation: Invocation): Tenant {
    const fresh = admit(invocation, this.#options);
    this.#tenants.add(fresh);
    void fresh.environment.begun.then(() => setTimeout(() => this.#started(fresh), SHORT_MS).unref());
    return occupied(fresh);
  }

  #started(tenant: Tenant): void {
    tenant.isStarting = false;
    this.#wake(tenant.revisionId);
  }

  /** Whoever waits longest looks again: takes one that is free, or starts another. */
  #wake(revisionId: string): void {
    const next = this.#waiting.findIndex((one) => one.revisionId === revisionId);
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.resolve();
  }

  #release(tenant: Tenant): void {
    tenant.busy = false;
    if (tenant.retired || !usable(tenant)) void this.#evict(tenant);
    // Waiting for it must not keep the cloud's own process alive.
    else tenant.idle = setTimeout(() => void this.#evict(tenant), this.#idleMsOf(tenant)).unref();
    this.#started(tenant);
  }

  #idleMsOf({ functionName }: Tenant): number {
    const { idleMs = DEFAULT_IDLE_MS, surplusIdleMs = SURPLUS_IDLE_MS } = this.#options;
    const spare = [...this.#tenants].filter((one) => one.functionName === functionName && !one.busy && !one.retired);
    return spare.length > 1 ? Math.min(idleMs, surplusIdleMs) : idleMs;
  }

  #evict(tenant: Tenant): Promise<void> {
    clearTimeout(tenant.idle);
    this.#tenants.delete(tenant);
    return tenant.environment.end();
  }
}

function occupied(tenant: Tenant): Tenant {
  tenant.busy = true;
  clearTimeout(tenant.idle);
  return tenant;
}

const usable = ({ environment, startedAt }: Tenant) => environment.alive() && Date.now() - startedAt < LONGEST_LIFE_MS;

function admit(invocation: Invocation, options: ProcessRuntimeOptions): Tenant {
  const { settings } = invocation;
  const startedAt = Date.now();
  const directory = unpackOnce(options.cacheDirectory, settings.codeSha256, invocation.code);
  const logStream = logStreamName(startedAt, options.uuid());
  const environment = startEnvironment({
    bootstrap: options.bootstrap,
    directory,
    variables: variablesOf(invocation, { ...options, directory, logStream }),
    logStream,
    memoryMiB: settings.memoryMiB,
    initLimitMs: options.initLimitMs,
    now: () => Date.now(),
  });
  const { name: functionName, revisionId } = settings;
  return { functionName, revisionId, environment, startedAt, busy: false, isStarting: true, retired: false };
}

interface Place extends ProcessRuntimeOptions {
  directory: string;
  logStream: string;
}

/** Developer guide, "Defined runtime environment variables"; nothing of the cloud's own environment passes. */
function variablesOf({ settings, credentials }: Invocation, place: Place): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials();
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // Where the SDK looks for profiles. Without it Node asks for the user's entry, which a user of a container may lack.
    HOME: place.directory,
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    AWS_ENDPOINT_URL: place.endpointUrl,
    // The Node of this machine stands in for the function's runtime: the SDK's advice on its version is about neither.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...settings.environment,
    ...functionVariables(settings, place),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

function functionVariables(
  settings: FunctionSettings,
  { region, directory, logStream }: Place,
): Record<string, string> {
  return {
    _HANDLER: settings.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMiB),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: directory,
  };
}
