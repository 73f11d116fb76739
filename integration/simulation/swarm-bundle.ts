/** The swarm's program as one file of dist/: V8 runs it quicker than modules that a loader has given names and source maps to. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, dist, requireForCommonJs } from '../../build/options.ts';
import { replaceFile } from '../../build/replace-file.ts';

/** Makes it anew from the sources; answers its path. */
export async function swarmBundle(): Promise<string> {
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: ['integration/simulation/swarm-program.ts'],
    banner: { js: requireForCommonJs },
    // Names are what a violation and a profile show.
    minify: false,
    plugins: [],
  });
  const path = join(dist, 'swarm.mjs');
  await replaceFile(path, outputFiles[0]?.text ?? '');
  return path;
}
