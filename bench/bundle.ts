/** What the reconciler's bundle weighs: bytes, time to load, memory. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DEVELOPMENT } from '../config-schema/version.ts';
import { cleanEnvironment } from '../integration/installation.ts';
import { root } from '../integration/programs.ts';
import { median } from './measure.ts';

const ROUNDS = 9;

interface Load {
  ms: number;
  rssMiB: number;
}

export function benchBundle(): void {
  const zip = statSync(join(root, 'dist', 'reconciler.zip')).size;
  const loads = Array.from({ length: ROUNDS }, load);
  const bare = Array.from({ length: ROUNDS }, () => measure('data:text/javascript,'));
  process.stdout.write('\nThe reconciler’s bundle\n');
  process.stdout.write(`  zip      ${(zip / 1024).toFixed(0)} KiB\n`);
  process.stdout.write(
    `  load     ${median(loads.map((l) => l.ms)).toFixed(0)} ms (an empty module: ${median(bare.map((l) => l.ms)).toFixed(0)} ms)\n`,
  );
  process.stdout.write(
    `  memory   ${median(loads.map((l) => l.rssMiB)).toFixed(0)} MiB (bare Node: ${median(bare.map((l) => l.rssMiB)).toFixed(0)} MiB)\n`,
  );
}

const load = (): Load => measure(join(root, 'dist', 'reconciler.mjs'));

function measure(module: string): Load {
  const script = `const t=process.hrtime.bigint();await import(${JSON.stringify(module)});
    console.log(JSON.stringify({ms:Number(process.hrtime.bigint()-t)/1e6,rssMiB:process.memoryUsage().rss/2**20}));process.exit()`;
  const env = cleanEnvironment({
    AWS_REGION: 'us-east-1',
    BBF_VERSION: DEVELOPMENT,
    BBF_INSTALLATION: 'bbf',
    BBF_BUCKET: 'bucket',
    BBF_SERVER_IMAGE: 's',
    BBF_WORKER_IMAGE: 'w',
    BBF_SERVER_ROLE: 's',
    BBF_WORKER_ROLE: 'w',
  });
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}
