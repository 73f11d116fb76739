/** The machines that images of a cluster are for, in Docker's words. */
import type { Spec } from '../../config-schema/documents.ts';

export const PLATFORMS = { x86_64: 'linux/amd64', arm64: 'linux/arm64' } as const;

/** Of what workers run on. A server's task is x86-64, and has agent and gateway as well. */
export function platformsOf({ pools }: Spec): string[] {
  const architectures = Object.values(pools).map(({ architecture }) => PLATFORMS[architecture]);
  return [...new Set([PLATFORMS.x86_64, ...architectures])];
}
