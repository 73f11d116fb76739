/** The order of files of tests: what takes longest begins first, so that none of it is alone at the end. A fresh clone has no durations of an earlier run. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From half a minute on, as they come to their ends beside others; the order matters, not the exact place in it. */
const LONGEST = [
  'integration/end-to-end/rotation',
  'integration/simulation/plans/plans',
  'integration/contract/referee',
  'integration/smoke/smoke',
  'integration/end-to-end/help-examples',
  'integration/end-to-end/main-job',
  'integration/containers/local-engine',
  'integration/containers/local-up',
  'integration/end-to-end/faults',
  'integration/concurrency/cases',
  'integration/gateway/life',
  'integration/end-to-end/transcripts',
  'integration/packaging/package',
  'integration/containers/gateway',
  'local/farm/end-to-end',
  'integration/end-to-end/sleep',
  'integration/end-to-end/direct-bazel',
  'integration/containers/release',
  'integration/end-to-end/parity',
  'integration/containers/docker-runtime',
  'integration/end-to-end/lifecycle',
  'integration/simulation/race/race',
  'integration/end-to-end/mutual-tls',
  'integration/gateway/gateway',
  'integration/permissions/bootstrap-policy',
  'integration/agent',
  'integration/end-to-end/surroundings',
  'integration/end-to-end/rights',
  'integration/end-to-end/insight',
  'integration/simulation/plans/state-table',
  'integration/end-to-end/gitops',
  'integration/end-to-end/alias',
  'integration/simulation/conformance',
  'integration/permissions/service-reference',
  'integration/simulation/swarm',
];

const place = ({ moduleId }: TestSpecification) => {
  const found = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return found < 0 ? LONGEST.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    return others.sort((a, b) => place(a) - place(b));
  }
}
