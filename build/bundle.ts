/** Bundles each program of bbf into one file of dist/, and the reconciler into the zip that Lambda runs. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { zipSync } from 'fflate';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

interface Program {
  output: string;
  entry: string;
  /** Started by its name from a shell. */
  executable?: boolean;
  /** Modules, by the end of their path, that are a program of their own here: what few commands need shall not slow all down. */
  apart?: Record<string, string>;
}

const programs: Program[] = [
  { output: 'bbf.mjs', entry: 'cli/main.ts', executable: true, apart: { '/plan-command.ts': 'bbf-plan.mjs' } },
  { output: 'bbf-plan.mjs', entry: 'cli/plan/plan-command.ts' },
  { output: 'reconciler.mjs', entry: 'reconciler/lambda.ts' },
  { output: 'local-cloud.mjs', entry: 'local/cloud/main.ts' },
  { output: 'farm-server.mjs', entry: 'local/farm/server-main.ts' },
  { output: 'farm-worker.mjs', entry: 'local/farm/worker-main.ts' },
  { output: 'agent.mjs', entry: 'images/agent/main.ts' },
  { output: 'lambda-bootstrap.mjs', entry: 'local/cloud/lambda/bootstrap.ts' },
];

/** CommonJS packages inside an ESM bundle ask for Node's own modules by `require`, which ESM lacks. */
const requireForCommonJs =
  "import{createRequire as bbfCreateRequire}from'node:module';const require=bbfCreateRequire(import.meta.url);\n";

/** An import of a module that is apart becomes one of the file beside. */
function apartFrom({ apart = {} }: Program): Plugin {
  return {
    name: 'apart',
    setup: ({ onResolve }) => {
      for (const [end, output] of Object.entries(apart))
        onResolve({ filter: new RegExp(`${end.replaceAll('.', '\\.')}$`) }, () => ({
          path: `./${output}`,
          external: true,
        }));
    },
  };
}

async function bundle(program: Program, version: string): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [program.entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'eof',
    loader: { '.proto': 'text' },
    plugins: [apartFrom(program)],
    define: { BBF_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
  const text = result.outputFiles[0]?.text ?? '';
  const needsRequire = text.includes('Dynamic require of');
  return `${program.executable ? '#!/usr/bin/env node\n' : ''}${needsRequire ? requireForCommonJs : ''}${text}`;
}

/** By rename, so that a program which starts during a build reads the old file or the new one. */
async function replaceFile(name: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = join(dist, `.${name}.${process.pid}`);
  await writeFile(temporary, content);
  await chmod(temporary, mode);
  await rename(temporary, join(dist, name));
}

/** Equal code gives an equal zip: the time of the entry is the first that the format knows, in whatever time zone. */
async function writeReconcilerZip(code: string, version: string): Promise<void> {
  const firstZipTime = new Date(1980, 0, 1);
  const zip = zipSync({ 'reconciler.mjs': [Buffer.from(code), { mtime: firstZipTime, level: 9 }] });
  const sha256 = createHash('sha256').update(zip).digest('hex');
  await replaceFile('reconciler.zip', zip);
  await replaceFile('reconciler.json', `${JSON.stringify({ sha256, version })}\n`);
}

async function buildProgram(program: Program, version: string): Promise<string> {
  const code = await bundle(program, version);
  await replaceFile(program.output, code, program.executable ? 0o755 : 0o644);
  if (program.output === 'reconciler.mjs') await writeReconcilerZip(code, version);
  return `${program.output} ${Math.ceil(code.length / 1024)} KiB`;
}

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
await mkdir(dist, { recursive: true });
const outcomes = await Promise.allSettled(programs.map((program) => buildProgram(program, version)));
const built = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
process.stdout.write(`bbf ${version}: ${built.join(', ') || 'nothing to build'}\n`);
for (const [index, outcome] of outcomes.entries()) {
  if (outcome.status === 'fulfilled') continue;
  const reason = outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason);
  process.stderr.write(`dist/${programs[index]?.output} was not built: ${reason}\n`);
  process.exitCode = 1;
}
