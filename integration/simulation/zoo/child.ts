/** Asks a child process in the copy, which has the bug in its own modules and may hang. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Question } from './hunt.ts';

/** @throws Error when the child fails, or answers nothing within its time */
export function ask(folder: string, question: Question, timeoutMs: number): Promise<Answer> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const program = join('integration', 'simulation', 'zoo', 'hunt.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(question)], {
    cwd: folder,
    // What must never come to light, for a bug that would show it.
    env: {
      ...env,
      AWS_ACCESS_KEY_ID: 'AKIAZ00KEEPER0EXAMPLE',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // A zoo that is told to end takes its hunt along.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no answer within ${Math.round(timeoutMs / 60_000)} minutes`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      const line = Buffer.concat(out).toString().trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as Answer);
      else reject(new Error(`the campaign ended with ${code}: ${Buffer.concat(err).toString().trim().slice(-2_000)}`));
    });
  });
}
