/** An installation that lives for one run: a name of its own, and folders that leave the user's contexts alone. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Run, type RunOptions, run } from '../installation.ts';
import { bbfProgram, helloWorkspace } from '../programs.ts';

export interface Throwaway {
  installation: string;
  region: string;
  /** Where AWS is, if not at AWS. */
  endpoint: string | undefined;
  bbf(args: string[], options?: RunOptions): Promise<Run>;
  /** In a copy of the hello example, with a Bazel server of its own. */
  build(args: string[], options?: RunOptions): Promise<Run>;
  /** A file of that workspace. */
  write(path: string, text: string): void;
  /** The folders; the installation is removed by `bbf teardown`. */
  remove(): void;
}

export function openThrowaway(region: string, bazel: string | undefined): Throwaway {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-smoke-'));
  const installation = `smoke-${randomBytes(3).toString('hex')}`;
  const folder = (name: string) => join(directory, name);
  const kept = Object.entries(process.env).filter(([name]) => !/^(BBF_|NODE_OPTIONS$|VITEST)/.test(name));
  const env = {
    ...(Object.fromEntries(kept) as Record<string, string>),
    AWS_REGION: region,
    XDG_CONFIG_HOME: folder('config'),
    XDG_CACHE_HOME: folder('cache'),
    XDG_STATE_HOME: folder('state'),
    ...(bazel === undefined ? {} : { BBF_BAZEL: bazel }),
  };
  cpSync(helloWorkspace, folder('hello'), { recursive: true });
  const bbf: Throwaway['bbf'] = (args, options = {}) =>
    run(process.execPath, [bbfProgram, ...args], { ...options, env });
  return {
    installation,
    region,
    endpoint: process.env.AWS_ENDPOINT_URL,
    bbf,
    build: (args, options) =>
      bbf([`--output_user_root=${folder('bazel')}`, ...args], { ...options, cwd: folder('hello') }),
    write: (path, text) => {
      mkdirSync(dirname(folder(`hello/${path}`)), { recursive: true });
      writeFileSync(folder(`hello/${path}`), text);
    },
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}
