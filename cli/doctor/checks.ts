/** Every check, in the order in which they run: each after what it builds on. */
import { clockCheck, contextCheck, credentialsCheck, endpointCheck } from './access-checks.ts';
import { bucketCheck, objectEventsCheck, versioningCheck } from './bucket-checks.ts';
import { authoritiesCheck, serversCheck } from './certificate-checks.ts';
import type { Check } from './check.ts';
import { heartbeatCheck, stalledCheck } from './cluster-checks.ts';
import { foundationCheck, reconcilerCheck, stacksCheck } from './foundation-checks.ts';
import { ownCertificatesCheck } from './own-certificates-check.ts';
import { rulesCheck } from './rules-check.ts';

export const checks: readonly Check[] = [
  contextCheck,
  endpointCheck,
  clockCheck,
  credentialsCheck,
  bucketCheck,
  versioningCheck,
  objectEventsCheck,
  foundationCheck,
  reconcilerCheck,
  heartbeatCheck,
  stalledCheck,
  rulesCheck,
  stacksCheck,
  authoritiesCheck,
  serversCheck,
  ownCertificatesCheck,
];
