/** Keeps the state of each service in a file of its own, so that a damaged one costs that service only. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from './kernel.ts';
import type { CloudState } from './services.ts';

/** Raised when the state of some service changes its shape. */
const FORMAT = 1;

/** A burst of changes is written once. What a crash may lose is younger than this. */
const WRITE_AFTER_MS = 50;

interface Persistence {
  /** States as they were last saved; a file that can't be read is put aside and reported. */
  load(): CloudState;
  /** Has the state of this service written soon. */
  changed(service: ServiceName): void;
  /** Writes now what waits to be written. */
  flush(): void;
}

interface PersistenceOptions {
  directory: string;
  snapshot(): Partial<Record<ServiceName, unknown>>;
  /** Called after each write. */
  saved?: () => void;
  report(message: string): void;
}

export function createPersistence({ directory, snapshot, saved, report }: PersistenceOptions): Persistence {
  // Access keys are among the state.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const waiting = new Set<ServiceName>();
  let timeout: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timeout);
    timeout = undefined;
    const states = snapshot();
    for (const service of waiting) write(join(directory, `${service}.json`), states[service]);
    waiting.clear();
    saved?.();
  }
  function flushOrReport(): void {
    try {
      flush();
    } catch (error) {
      report(`The state of the local cloud could not be written to ${directory}: ${(error as Error).message}`);
    }
  }

  return {
    load: () => Object.fromEntries(SERVICES.map((service) => [service, read(directory, service, report)])),
    changed(service) {
      waiting.add(service);
      timeout ??= setTimeout(flushOrReport, WRITE_AFTER_MS);
    },
    flush,
  };
}

const SERVICES = [
  's3',
  'iam',
  'events',
  'lambda',
  'ecs',
  'cloudformation',
  'ec2',
  'logs',
  'ecr',
] as const satisfies ServiceName[];

/** By rename: a crash leaves the old file or the new one. */
function write(file: string, state: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify({ format: FORMAT, state }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function read(directory: string, service: ServiceName, report: (message: string) => void): unknown {
  const file = join(directory, `${service}.json`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { format, state } = JSON.parse(text) as { format?: number; state?: unknown };
    if (format === FORMAT && typeof state === 'object' && state !== null) return state;
    throw new Error(`its format is ${format}, this program writes ${FORMAT}`);
  } catch (error) {
    const aside = `${file}.unreadable`;
    renameSync(file, aside);
    report(
      `The saved state of ${service} can't be used: ${(error as Error).message}. It was moved to ${aside}; ${service} starts empty.`,
    );
    return undefined;
  }
}
