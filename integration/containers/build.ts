/** Images of this repository, built by the engine that the tests use. */
import { GenericContainer } from 'testcontainers';

/** What a build needs to reach packages from behind a proxy; Docker knows these by itself. */
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** @param context folder with the Dockerfile */
export async function buildImage(context: string, name: string): Promise<void> {
  const given = PROXIES.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  await GenericContainer.fromDockerfile(context)
    .withBuildArgs(Object.fromEntries(given))
    .build(name, { deleteOnExit: false });
}
