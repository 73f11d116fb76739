/** The way from a worker's agent to the server's: by the gateway beside it, which is told where the server is. */
import { join } from 'node:path';
import type { Log } from '../../duties/log.ts';
import { askAgent } from '../../duties/plain-http.ts';
import { replaceFile } from './shared-files.ts';
import { REPORT_PATH, type WorkerAnswer, type WorkerReport } from './worker-report.ts';

interface LinkParts {
  /** Of the gateway on the loopback. */
  port: number;
  runDirectory: string;
  /** Where the server is now, host:port, or null while there is none. */
  endpoint(): Promise<string | null>;
  /** Milliseconds. */
  now(): number;
  log: Log;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

export class ServerLink {
  readonly #parts: LinkParts;
  #host: string | undefined;
  #nextSearch = 0;
  #wait = FIRST_RETRY_MS;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** Rejects where the server's agent does not answer; meanwhile it looks where the server is. */
  async report(report: WorkerReport): Promise<WorkerAnswer> {
    try {
      if (this.#host === undefined) throw new Error('the cluster has no running server yet');
      const { status, json } = await this.#post(report);
      const { draining } = (json ?? {}) as Partial<WorkerAnswer>;
      if (status !== 200 || typeof draining !== 'boolean') throw new Error(`the server’s agent answered ${status}`);
      this.#wait = FIRST_RETRY_MS;
      return { draining };
    } catch (error) {
      await this.#search();
      throw error;
    }
  }

  /** One message for whatever way a connection can break, so that the log has one line of it. */
  async #post(report: WorkerReport) {
    try {
      return await askAgent('POST', `http://127.0.0.1:${this.#parts.port}${REPORT_PATH}`, report);
    } catch (cause) {
      throw new Error('the server’s agent does not answer by way of the gateways', { cause });
    }
  }

  async #search(): Promise<void> {
    const { endpoint, now, log, runDirectory } = this.#parts;
    if (now() < this.#nextSearch) return;
    this.#nextSearch = now() + this.#wait;
    this.#wait = Math.min(this.#wait * 2, LAST_RETRY_MS);
    const found = await endpoint();
    const host = found?.slice(0, found.lastIndexOf(':')).replace(/^\[|\]$/g, '');
    if (host === undefined || host === this.#host) return;
    log('server found', { host });
    replaceFile(join(runDirectory, 'server'), `${host}\n`);
    this.#host = host;
  }
}
