/** A gateway as a process of this machine: the image's own script and configuration, with the nginx that is installed here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../free-ports.ts';
import { root } from '../programs.ts';
import { agentFolder, environmentOf, type Gateway, type GatewayStart } from './gateway.ts';

const MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** What this machine lacks, or undefined. */
export function missingNginx(): string | undefined {
  if (existsSync('/usr/sbin/nginx') && existsSync(MODULE)) return undefined;
  return 'nginx with its stream module is not installed (apt-get install nginx-light libnginx-mod-stream)';
}

/** Its folder is empty at first, so it waits until it is given certificates. */
export async function startGateway(start: GatewayStart): Promise<Gateway> {
  const { directory, innerPorts } = start;
  const [healthPort = 0] = await freePorts(1);
  const agent = agentFolder(directory);
  const logFile = join(directory, 'log');
  // nginx opens /dev/stderr by its name, which works for files and pipes but not for the sockets of Node.
  const output = openSync(logFile, 'a');
  const env = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    BBF_RUN: directory,
    ...environmentOf(start, healthPort),
  };
  const script = join(start.images ?? join(root, 'images', 'gateway'), 'gateway.sh');
  const child = spawn(script, [], { env, stdio: ['ignore', output, output] });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    ...agent,
    innerPorts,
    healthPort,
    exited,
    hasEnded,
    terminate: () => void child.kill('SIGTERM'),
    log: () => readFileSync(logFile, 'utf8'),
    async close() {
      if (!hasEnded()) endNginx(logFile, child);
      await exited;
    },
  };
}

/** Without the time that open connections would be given. */
function endNginx(logFile: string, child: ChildProcess): void {
  const pids = [...readFileSync(logFile, 'utf8').matchAll(/nginx is process (\d+)/g)];
  const last = Number(pids.at(-1)?.[1]);
  if (last > 0) process.kill(last, 'SIGTERM');
  else child.kill('SIGTERM');
}
