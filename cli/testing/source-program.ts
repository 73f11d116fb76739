/** bbf itself, or a program beside it, as a process of its own, bundled from its sources. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll } from 'vitest';
import { bundleOptions, requireForCommonJs, root } from '../../build/options.ts';
import { quoted } from '../output/quoted.ts';
import { folders } from './folders.ts';

/**
 * Registers the hook of the file or group that calls it: a bundle starts many times as fast as TypeScript, and one of this very run is never out of date.
 * @param entry its first module, from the root
 * @param lies a module of the same program whose place all of them take for their own; only what looks around itself cares
 * @returns the command, whose arguments follow
 */
export function sourceProgram(entry = 'cli/start.ts', lies?: string): () => string[] {
  let start = '';
  beforeAll(async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'bbf-source-'));
    folders.push(outdir);
    await build({
      ...bundleOptions,
      entryPoints: [entry],
      define: { ...bundleOptions.define, ...(lies === undefined ? {} : placeOf(join(root, lies))) },
      outdir,
      write: true,
      splitting: true,
      outExtension: { '.js': '.mjs' },
      banner: { js: requireForCommonJs },
    });
    start = join(outdir, `${basename(entry, '.ts')}.mjs`);
  });
  return () => [process.execPath, start];
}

const placeOf = (module: string) => ({
  'import.meta.dirname': JSON.stringify(dirname(module)),
  'import.meta.url': JSON.stringify(pathToFileURL(module).href),
});

const SCRIPT = '/usr/bin/script';
/** For a test that is left out. */
export const hasScript = existsSync(SCRIPT);

/** The command in a terminal of its own, whose keys are written to its standard input. */
export function onTerminal(command: readonly string[]): string[] {
  // `exec`: a shell that stayed in front (dash does) would die by the Ctrl-C itself and answer 130.
  return [SCRIPT, '-qec', `exec ${command.map(quoted).join(' ')}`, '/dev/null'];
}
