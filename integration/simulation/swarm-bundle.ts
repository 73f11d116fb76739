/** The swarm's program as one file of dist/: V8 runs it quicker than modules that a loader has given names and source maps to. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** CommonJS packages inside an ESM bundle ask for Node's own modules by `require`, which ESM lacks. */
const REQUIRE =
  "import{createRequire as bbfCreateRequire}from'node:module';const require=bbfCreateRequire(import.meta.url);";

/** Makes it anew from the sources; answers its path. */
export async function swarmBundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['integration/simulation/swarm-program.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    loader: { '.proto': 'text' },
    logLevel: 'warning',
  });
  const path = join(ROOT, 'dist', 'swarm.mjs');
  await mkdir(join(ROOT, 'dist'), { recursive: true });
  // By rename: another swarm may start at this moment.
  await writeFile(`${path}.${process.pid}`, outputFiles[0]?.text ?? '');
  await rename(`${path}.${process.pid}`, path);
  return path;
}
