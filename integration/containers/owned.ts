/** What a Docker engine has of the local cloud of an installation. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Installation } from '../installation.ts';

const lines = (words: string[], { env }: Pick<Installation, 'env'>, format: string): string[] => {
  const owner = join(env.XDG_STATE_HOME ?? '', 'bbf', 'local-cloud');
  const filter = `--filter=label=bbf.local-cloud=${owner}`;
  const text = execFileSync('docker', [...words, filter, `--format=${format}`], { encoding: 'utf8' });
  return text.split('\n').filter(Boolean).sort();
};

/** Images of the containers, or what else is asked for, sorted. */
export const containersOf = (installation: Pick<Installation, 'env'>, format = '{{.Image}}'): string[] =>
  lines(['ps', '--all'], installation, format);

/** Names of volumes and networks. */
export const surroundingsOf = (installation: Pick<Installation, 'env'>): string[] =>
  ['volume', 'network'].flatMap((kind) => lines([kind, 'ls'], installation, '{{.Name}}'));
