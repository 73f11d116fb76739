/** Images of this repository, built by the engine that the tests use. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a build needs to reach packages from behind a proxy; each is known to every Dockerfile. */
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/**
 * By the client, as testcontainers' builder can't be told to use the machine's own network, which can resolve what a bridge's may not.
 * @param file the Dockerfile, where it is not the one of the folder
 * @param base in place of what the Dockerfile stands on
 */
export async function buildImage(
  context: string,
  name: string,
  { file = join(context, 'Dockerfile'), base }: { file?: string; base?: string } = {},
): Promise<void> {
  const given = PROXIES.filter((variable) => process.env[variable] !== undefined);
  const args = [...given, ...(base === undefined ? [] : [`BASE=${base}`])].map((arg) => `--build-arg=${arg}`);
  const maxBuffer = 64 * 1024 * 1024;
  await promisify(execFile)(
    'docker',
    ['build', '--network=host', ...args, `--file=${file}`, `--tag=${name}`, context],
    {
      maxBuffer,
    },
  );
}
