/** The agent's image: its Node is the one of this machine, as a registry may be out of reach. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../programs.ts';

export const AGENT_IMAGE = 'bbf-test/agent:this-machine';
const NODE_IMAGE = 'bbf-test/node:this-machine';

/** From `dist/agent.mjs`. */
export function buildAgentImage(): void {
  makeNodeImage();
  const file = join(root, 'images/agent/Dockerfile');
  const args = ['--network=host', '--build-arg', `NODE_IMAGE=${NODE_IMAGE}`, '--file', file, '--tag', AGENT_IMAGE];
  execFileSync('docker', ['build', ...args, join(root, 'dist')], { stdio: 'pipe' });
}

/** In place of Node's own: nothing but Node. */
function makeNodeImage(): void {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-node-'));
  mkdirSync(join(directory, 'usr/local/bin'), { recursive: true });
  copyFileSync(realpathSync(process.execPath), join(directory, 'usr/local/bin/node'));
  const pack = 'tar -C "$1" -c . | docker import - "$2"';
  execFileSync('bash', ['-c', pack, 'bash', directory, NODE_IMAGE], { stdio: 'pipe' });
  rmSync(directory, { recursive: true, force: true });
}
