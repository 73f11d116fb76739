/** What every bundle of bbf has in common. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions, Metafile } from 'esbuild';
import { compiledValidators } from './compiled-validators.ts';

export const root = join(import.meta.dirname, '..');
export const dist = join(root, 'dist');
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** CommonJS packages inside an ESM bundle ask for Node's own modules by `require`, which ESM lacks. */
export const requireForCommonJs =
  "import{createRequire as bbfCreateRequire}from'node:module';const require=bbfCreateRequire(import.meta.url);\n";

/** What became of one program. */
export interface Built {
  /** For people, a line each. */
  lines: string[];
  /** Of what its files were made. */
  metafiles: Metafile[];
}

export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // The SDK's CommonJS build, which esbuild takes by default, can't be shaken.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'eof',
  // It looks for its files beside itself.
  external: ['jq-wasm'],
  loader: { '.proto': 'text' },
  plugins: [compiledValidators],
  define: { BBF_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
} as const satisfies BuildOptions;
