/**
 * Bundles the CLI: its start, what people wait for every day in a few CommonJS files, and the rest, loaded when it is asked for
 * (docs/decisions/0012-the-cli-starts-small.md).
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type Built, bundleOptions, dist, requireForCommonJs, root, version } from './options.ts';
import { quickAnswers } from './quick-answers.ts';
import { replaceFile } from './replace-file.ts';

const PROGRAM = 'bbf.cjs';
const DAILY = 'daily';
const SELDOM = 'seldom';

/** Files of dist/daily, each with all that it imports but for what is imported when it runs. */
const PARTS = [
  'cli/main.ts',
  'cli/bazel/wrap.ts',
  'cli/cluster/status.ts',
  'cli/cluster/want.ts',
  'config-schema/edit-cluster.ts',
];
/** Imported when they run, and nearly always with the part that does. */
const INSIDE_PARTS = ['cli/bazel/build.ts', 'reconciler/access/certificate-client.ts'];

export async function buildCommandLine(): Promise<Built> {
  const seldom = new Set<string>();
  const program = await commonJs('cli/start.ts', '.', seldom);
  const parts = await Promise.all(PARTS.map(async (entry) => ({ entry, ...(await commonJs(entry, '..', seldom)) })));
  const rest = await build({
    ...bundleOptions,
    entryPoints: [...seldom],
    splitting: true,
    outdir: join(dist, SELDOM),
    outExtension: { '.js': '.mjs' },
    entryNames: '[name]',
    chunkNames: 'shared-[hash]',
    banner: { js: requireForCommonJs },
  });
  for (const { path, contents } of rest.outputFiles) await replaceFile(path, contents);
  for (const { entry, code } of parts) await replaceFile(join(dist, DAILY, nameOf(entry, '.cjs')), code);
  await replaceFile(join(dist, PROGRAM), program.code, 0o755);
  await removeOthers(
    SELDOM,
    rest.outputFiles.map(({ path }) => basename(path)),
  );
  await removeOthers(
    DAILY,
    PARTS.map((entry) => nameOf(entry, '.cjs')),
  );
  const sizes = parts.map(({ entry, code }) => `${DAILY}/${nameOf(entry, '.cjs')} ${kib(code.length)}`);
  const restBytes = rest.outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  return {
    lines: [
      `${PROGRAM} ${kib(program.code.length)}`,
      ...sizes,
      `${SELDOM}/ ${kib(restBytes)} in ${rest.outputFiles.length} files`,
    ],
    metafiles: [program, ...parts, rest].map(({ metafile }) => metafile),
  };
}

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

const nameOf = (entry: string, extension: string) => `${basename(entry, '.ts')}${extension}`;

/** @param toDist from where the file will lie */
async function commonJs(
  entry: string,
  toDist: '.' | '..',
  seldom: Set<string>,
): Promise<{ code: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    entryPoints: [entry],
    format: 'cjs',
    plugins: [...bundleOptions.plugins, otherFiles(toDist, seldom)],
    define: {
      ...bundleOptions.define,
      BBF_QUICK_ANSWERS: JSON.stringify(quickAnswers(version)),
      'import.meta.filename': '__filename',
    },
    banner: { js: toDist === '.' ? '#!/usr/bin/env node' : '' },
  });
  return { code: outputFiles[0]?.text ?? '', metafile };
}

/** What is imported when the code runs lies in a file of its own: `require` gets the daily ones, since `import` starts a loader of its own. */
function otherFiles(toDist: string, seldom: Set<string>): Plugin {
  return {
    name: 'other-files',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const module = resolve(resolveDir, path);
        const isOneOf = (entries: readonly string[]) => entries.some((entry) => module === join(root, entry));
        if (kind !== 'dynamic-import' || isOneOf(INSIDE_PARTS)) return undefined;
        if (isOneOf(PARTS)) return { path: `${toDist}/${DAILY}/${nameOf(module, '.cjs')}`, namespace: DAILY };
        seldom.add(module);
        return { path: `${toDist}/${SELDOM}/${nameOf(module, '.mjs')}`, external: true };
      });
      onLoad({ filter: /./, namespace: DAILY }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
      onResolve({ filter: /./, namespace: DAILY }, ({ path }) => ({ path, external: true }));
    },
  };
}

async function removeOthers(folder: string, built: readonly string[]): Promise<void> {
  for (const name of await readdir(join(dist, folder))) if (!built.includes(name)) await rm(join(dist, folder, name));
}
