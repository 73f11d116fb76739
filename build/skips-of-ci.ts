/** In CI a test that is skipped without leave fails the run: elsewhere a machine may lack what it likes. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';
import { ALLOWED_SKIPS, type AllowedSkip } from './allowed-skips.ts';

export interface Skipped {
  /** From the root. */
  file: string;
  /** With those of its groups. */
  name: string;
}

/** Where the tests run. */
export interface Machine {
  isRoot: boolean;
  isLinux: boolean;
  has(program: string): boolean;
}

/** What this machine lacks nothing for, and yet was skipped. */
export function unexplained(
  skipped: readonly Skipped[],
  machine: Machine,
  list: readonly AllowedSkip[] = ALLOWED_SKIPS,
): Skipped[] {
  const holds = list.filter(({ programs, unless }) => {
    if (programs?.every(machine.has)) return false;
    if (unless === 'root') return !machine.isRoot;
    return unless !== 'linux' || !machine.isLinux;
  });
  return skipped.filter(
    ({ file, name }) => !holds.some(({ files, names }) => file.startsWith(files) && (names?.test(name) ?? true)),
  );
}

export class SkipsOfCi implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
    // What a failure leaves out, no test has skipped.
    if (reason !== 'passed') return;
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map(({ fullName }) => ({
        file: module.relativeModuleId,
        name: fullName,
      })),
    );
    const found = unexplained(skipped, thisMachine());
    if (found.length === 0) return;
    const lines = found.map(({ file, name }) => `  ${file} > ${name}\n`);
    process.stderr.write(`skipped in CI, which build/allowed-skips.ts does not allow here:\n${lines.join('')}`);
    process.exitCode = 1;
  }
}

const thisMachine = (): Machine => ({
  isRoot: process.getuid?.() === 0,
  isLinux: process.platform === 'linux',
  has: (program) => (process.env.PATH ?? '').split(delimiter).some((folder) => isProgram(join(folder, program))),
});

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
