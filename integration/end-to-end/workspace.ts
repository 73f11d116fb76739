/** Bazel workspaces for tests: the hello example, or a BUILD file of the test's own, with a Bazel server of their own. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shortLived } from '../../local/farm/fixtures/bazel.ts';
import type { Installation, Run, RunOptions } from '../installation.ts';
import { type Bazel, helloWorkspace } from '../programs.ts';

export interface Workspace {
  directory: string;
  /** Bazel's startup options that give it a server of its own. */
  startup: string[];
  /** Runs `bbf [options] COMMAND …` in the workspace. */
  bbf(args: string[], options?: RunOptions & { before?: string[] }): Promise<Run>;
  /** With the folders that it takes. */
  write(file: string, text: string): void;
  append(file: string, text: string): void;
  /** Ends this workspace's Bazel server. */
  shutdown(): Promise<void>;
}

export function helloCopy(installation: Installation, bazel: Bazel): Workspace {
  const workspace = emptyWorkspace(installation, bazel);
  cpSync(helloWorkspace, workspace.directory, { recursive: true });
  return workspace;
}

export function emptyWorkspace(installation: Installation, bazel: Bazel, server = shortLived(bazel.path)): Workspace {
  return workspaceIn(installation.directory, installation.bbf, bazel, server);
}

/**
 * @param program runs bbf
 * @param server startup options; a measurement gives none, for Bazel as it is
 */
export function workspaceIn(
  parent: string,
  program: Installation['bbf'],
  bazel: Bazel,
  server = shortLived(bazel.path),
): Workspace {
  const directory = mkdtempSync(join(parent, 'workspace-'));
  const outputs = mkdtempSync(join(parent, 'bazel-'));
  const startup = [`--output_user_root=${outputs}`, ...server];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write('WORKSPACE', '');
  const bbf: Workspace['bbf'] = (args, { before = [], ...options } = {}) =>
    program([...before, ...startup, ...args], {
      cwd: directory,
      ...options,
      env: { BBF_BAZEL: bazel.path, ...options.env },
    });
  const append = (file: string, text: string) => appendFileSync(join(directory, file), `\n${text}\n`);
  return { directory, startup, bbf, write, append, shutdown: async () => void (await bbf(['shutdown'])) };
}

/** Makes those servers of this Bazel short-lived ones that read this home or workspace. */
export function writeShortLived(directory: string, bazel: Bazel): void {
  writeFileSync(
    join(directory, '.bazelrc'),
    shortLived(bazel.path)
      .map((option) => `startup ${option}\n`)
      .join(''),
  );
}

/** Independent genrules that wait until `file` is there, so that something can happen while all of them run. */
export function heldRules(count: number, file: string, salt: string): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `genrule(name = "held_${i}", outs = ["held_${i}.txt"], cmd = "while [ ! -e '${file}' ]; do sleep 0.1; done; echo '${salt} ${i}' > $@")`,
  ).join('\n');
}

/** Independent genrules that each take a while. */
export function slowRules(count: number, seconds: number, salt = ''): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `genrule(name = "slow_${i}", outs = ["slow_${i}.txt"], cmd = "sleep ${seconds}; echo '${salt}${i}' > $@")`,
  ).join('\n');
}
