/**
 * Bundles the CLI: its start, what people wait for every day in a few CommonJS files, and the rest, loaded when it is asked for
 * (docs/decisions/0012-the-cli-starts-small.md).
 */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
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
  const parts = await Promise.all(PARTS.map(async (entry) => ({ entry, ...(await part(entry, seldom)) })));
  const program = await startingWith(parts.map(({ code }) => code));
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

/** The start, which runs the daily files from what was kept of them (cli/kept-code.ts), for as long as they are these. */
function startingWith(parts: readonly string[]): Promise<Bundle> {
  const code = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
  return commonJs('cli/start.ts', new Set(), {
    define: { BBF_QUICK_ANSWERS: JSON.stringify(quickAnswers(version)), BBF_DAILY_CODE: JSON.stringify(code) },
    banner: { js: '#!/usr/bin/env node' },
  });
}

/** As CommonJS is wrapped, and handed `import` as well: Node lets no code import that it did not load itself. */
async function part(entry: string, seldom: Set<string>): Promise<Bundle> {
  const { code, metafile } = await commonJs(entry, seldom, {
    banner: { js: '(function (exports, require, module, __filename, importModule) {' },
    footer: { js: '})' },
  });
  return { code: code.replaceAll(/(?<![.\w$])import\("/g, 'importModule("'), metafile };
}

interface Bundle {
  code: string;
  metafile: Metafile;
}

type More = Pick<BuildOptions, 'define' | 'banner' | 'footer'>;

async function commonJs(entry: string, seldom: Set<string>, more: More): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    ...more,
    entryPoints: [entry],
    format: 'cjs',
    plugins: [...bundleOptions.plugins, otherFiles(seldom)],
    define: { ...bundleOptions.define, ...more.define, 'import.meta.filename': '__filename' },
  });
  return { code: outputFiles[0]?.text ?? '', metafile };
}

/** What is imported when the code runs lies in a file of its own: `require` gets the daily ones, since `import` starts a loader of its own. */
function otherFiles(seldom: Set<string>): Plugin {
  return {
    name: 'other-files',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const module = resolve(resolveDir, path);
        const isOneOf = (entries: readonly string[]) => entries.some((entry) => module === join(root, entry));
        if (kind !== 'dynamic-import' || isOneOf(INSIDE_PARTS)) return undefined;
        if (isOneOf(PARTS)) return { path: `../${DAILY}/${nameOf(module, '.cjs')}`, namespace: DAILY };
        seldom.add(module);
        return { path: `../${SELDOM}/${nameOf(module, '.mjs')}`, external: true };
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
