/** Bundles each program of bbf into dist/, and the reconciler into the zip that Lambda runs. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { commands } from '../cli/commands/all.ts';
import { manualPage } from '../cli/reference/man.ts';
import { buildCommandLine } from './command-line.ts';
import { type Built, bundleOptions, dist, requireForCommonJs, version } from './options.ts';
import { replaceFile } from './replace-file.ts';
import { bundledPackages, thirdPartyLicenses } from './third-party.ts';

/** One file each. */
const programs: Record<string, string> = {
  'reconciler.mjs': 'reconciler/lambda.ts',
  'local-cloud.mjs': 'local/cloud/main.ts',
  'farm-server.mjs': 'local/farm/server-main.ts',
  'farm-worker.mjs': 'local/farm/worker-main.ts',
  'agent.mjs': 'images/agent/main.ts',
  'lambda-bootstrap.mjs': 'local/cloud/lambda/bootstrap.ts',
};

async function buildProgram(output: string, entry: string): Promise<Built> {
  const result = await build({ ...bundleOptions, entryPoints: [entry] });
  const text = result.outputFiles[0]?.text ?? '';
  const code = text.includes('Dynamic require of') ? `${requireForCommonJs}${text}` : text;
  await replaceFile(join(dist, output), code);
  if (output === 'reconciler.mjs') await writeReconcilerZip(code);
  return { lines: [`${output} ${Math.ceil(code.length / 1024)} KiB`], metafiles: [result.metafile] };
}

/** Equal code gives an equal zip: the time of the entry is the first that the format knows, in whatever time zone. */
async function writeReconcilerZip(code: string): Promise<void> {
  const firstZipTime = new Date(1980, 0, 1);
  const zip = zipSync({ 'reconciler.mjs': [Buffer.from(code), { mtime: firstZipTime, level: 9 }] });
  const sha256 = createHash('sha256').update(zip).digest('hex');
  await replaceFile(join(dist, 'reconciler.zip'), zip);
  await replaceFile(join(dist, 'reconciler.json'), `${JSON.stringify({ sha256, version })}\n`);
}

const builds: Record<string, Promise<Built>> = {
  'bbf.1': replaceFile(join(dist, 'bbf.1'), manualPage(commands, version)).then(() => ({ lines: [], metafiles: [] })),
  'bbf.cjs': buildCommandLine(),
  ...Object.fromEntries(Object.entries(programs).map(([output, entry]) => [output, buildProgram(output, entry)])),
};
const outcomes = await Promise.allSettled(Object.values(builds));
const built = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
const packages = bundledPackages(built.flatMap(({ metafiles }) => metafiles));
await replaceFile(join(dist, 'THIRD-PARTY-LICENSES'), await thirdPartyLicenses(packages));
process.stdout.write(`bbf ${version}: ${built.flatMap(({ lines }) => lines).join(', ') || 'nothing to build'}\n`);
for (const [index, outcome] of outcomes.entries()) {
  if (outcome.status === 'fulfilled') continue;
  const reason = outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason);
  process.stderr.write(`dist/${Object.keys(builds)[index]} was not built: ${reason}\n`);
  process.exitCode = 1;
}
