/** bbf's images on Buildfarm itself, whose own come from Docker Hub, or are in this engine already. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../programs.ts';
import { buildImage } from './build.ts';

const run = promisify(execFile);
const PULL_MS = 300_000;
const dockerfile = (name: string) => join(root, 'images', name, 'Dockerfile');

/** Of images/: whose Dockerfile stands on one of Buildfarm's images. */
export const ON_BUILDFARM = ['server', 'storage', 'worker'];
export const buildfarmImage = (name: string) => `bbf-test/${name}:buildfarm`;

/** Why there is no Buildfarm here, or nothing. */
export async function missingBuildfarm(): Promise<string | undefined> {
  for (const base of new Set(ON_BUILDFARM.map(baseOf))) {
    try {
      await run('docker', ['image', 'inspect', base]).catch(() =>
        run('docker', ['pull', '--quiet', base], { timeout: PULL_MS }),
      );
    } catch {
      return `${base} can't be pulled`;
    }
  }
  return undefined;
}

export async function buildBuildfarmImages(): Promise<void> {
  for (const name of ON_BUILDFARM)
    await buildImage(join(root, 'images'), buildfarmImage(name), { file: dockerfile(name) });
}

function baseOf(name: string): string {
  const [, base] = /^ARG BASE=(\S+)$/m.exec(readFileSync(dockerfile(name), 'utf8')) ?? [];
  if (base === undefined) throw new Error(`${dockerfile(name)} names no base`);
  return base;
}
