/** Which of two versions of bbf is the newer one, and whether this one may take an installation over. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import { compare, valid } from 'semver';
import { version } from '../../config-schema/version.ts';
import { Failure } from '../failure.ts';

/** Below zero where `installed` is the older one; undefined where one of the two is no version. By the rules of semver.org. */
export function compareVersions(installed: string, own: string): number | undefined {
  return valid(installed) === null || valid(own) === null ? undefined : compare(installed, own);
}

/** Of the bbf that deployed the foundation. */
function installedVersion(stack: Stack | undefined): string | undefined {
  return stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'Version')?.OutputValue;
}

/** An older reconciler may misread what a newer one wrote. @throws Failure (configuration) */
export function refuseOlder(stack: Stack | undefined, downgrade: boolean): void {
  const installed = installedVersion(stack);
  if (installed === undefined || downgrade || (compareVersions(installed, version) ?? 0) <= 0) return;
  throw new Failure(
    'configuration',
    `${stack?.StackName} was set up by bbf ${installed}, and this is bbf ${version}: an older reconciler may misread newer documents`,
    {
      next: `npm install --global ./bbf-${installed}.tgz, which npm pack makes in a checkout of that version; or, to go back on purpose, the same command with --downgrade`,
    },
  );
}
