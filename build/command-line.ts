/**
 * Bundles the CLI in two parts: one CommonJS file with what people wait for every day, and the rest, loaded when it is asked for
 * (docs/decisions/0012-the-cli-starts-small.md).
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleOptions, dist, requireForCommonJs } from './options.ts';
import { replaceFile } from './replace-file.ts';

/** What `bbf want`, `bbf status` and `bbf build` import when they run. */
const DAILY = [
  'cli/bazel/build.ts',
  'cli/bazel/wrap.ts',
  'cli/cluster/status.ts',
  'cli/cluster/want.ts',
  'config-schema/edit-cluster.ts',
  'reconciler/access/certificate-client.ts',
];

const SELDOM = 'seldom';
const REST = join(dist, SELDOM);

/** CommonJS knows a module by its path; the code asks for its URL. */
const urlForModules = "const bbfModuleUrl=require('node:url').pathToFileURL(__filename).href;";

/** @returns what was built, a line each */
export async function buildCommandLine(): Promise<string[]> {
  const seldom = new Set<string>();
  const daily = await build({
    ...bundleOptions,
    entryPoints: ['cli/main.ts'],
    format: 'cjs',
    plugins: [...bundleOptions.plugins, leftOut(seldom)],
    define: { ...bundleOptions.define, 'import.meta.url': 'bbfModuleUrl' },
    banner: { js: `#!/usr/bin/env node\n${urlForModules}` },
  });
  const rest = await build({
    ...bundleOptions,
    entryPoints: [...seldom],
    splitting: true,
    outdir: REST,
    outExtension: { '.js': '.mjs' },
    entryNames: '[name]',
    chunkNames: 'shared-[hash]',
    banner: { js: requireForCommonJs },
  });
  const program = daily.outputFiles[0]?.text ?? '';
  for (const { path, contents } of rest.outputFiles) await replaceFile(path, contents);
  await replaceFile(join(dist, 'bbf.cjs'), program, 0o755);
  await removeOthers(new Set(rest.outputFiles.map(({ path }) => basename(path))));
  const restBytes = rest.outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  return [`bbf.cjs ${kib(program.length)}`, `${SELDOM}/ ${kib(restBytes)} in ${rest.outputFiles.length} files`];
}

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

/** Modules that code imports when it runs stay outside, unless they are daily ones. */
function leftOut(seldom: Set<string>): Plugin {
  return {
    name: 'left-out',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const module = resolve(resolveDir, path);
        if (kind !== 'dynamic-import' || DAILY.some((daily) => module.endsWith(`/${daily}`))) return undefined;
        seldom.add(module);
        return { path: `./${SELDOM}/${basename(module, '.ts')}.mjs`, external: true };
      });
    },
  };
}

async function removeOthers(built: Set<string>): Promise<void> {
  for (const name of await readdir(REST)) if (!built.has(name)) await rm(join(REST, name));
}
