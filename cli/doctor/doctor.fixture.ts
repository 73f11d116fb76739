/** What the tests of `bbf doctor` share: a good installation of their own, its examination, and documents for it. */
import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';
import type { CheckResult } from './examine.ts';

const DAY_MS = 86_400_000;
/** The world begins within. */
export const YEARS = { notBefore: Date.UTC(2025, 0, 1), notAfter: Date.UTC(2035, 0, 1) };
/** Less than none: it is over. */
export const daysLeft = (days: number) => ({
  notBefore: YEARS.notBefore,
  notAfter: Date.UTC(2026, 0, 5, 8) + days * DAY_MS,
});

/** What a world needs to have for this. */
interface DoctorsWorld {
  program: ProgramDouble;
  put(key: string, document: object): Promise<string>;
  cfn: {
    send(
      command: DescribeStackResourceCommand,
    ): Promise<{ StackResourceDetail?: { PhysicalResourceId?: string | undefined } | undefined }>;
  };
}

interface Checkup {
  code: number;
  healthy: boolean;
  checks: CheckResult[];
}

export async function doctor({ program }: Pick<DoctorsWorld, 'program'>): Promise<Checkup> {
  const before = program.stdout().length;
  const code = await dispatch(['doctor', '--json'], program);
  return { code, ...JSON.parse(program.stdout().slice(before)) };
}

const line = ({ check, about, state }: CheckResult) => `${about === null ? check : `${check} ${about}`}: ${state}`;

export const troubles = ({ checks: results }: Checkup) => results.filter(({ state }) => state !== 'ok').map(line);

export const resultOf = ({ checks: results }: Checkup, check: string) => results.find((one) => one.check === check);

export const skipped = (...ids: string[]) => ids.map((id) => `${id}: skipped`);

export const document = (spec: object = {}) => ({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main' },
  spec,
});

/** A cluster at rest that was looked at just now, but for what is changed. */
export async function publish(world: DoctorsWorld, change: Partial<Status> = {}): Promise<void> {
  const revision = await world.put(clusterKey('main'), document());
  const heartbeatAt = new Date(world.program.now()).toISOString();
  const status = statusDouble({ awake: false, endpoint: null, heartbeatAt, ...change });
  const conditions = status.conditions.map((one) => ({ ...one, observedRevision: revision }));
  await world.put(statusKey('main'), { ...status, conditions });
}

/** Name of a resource of the foundation, by the one in its template. */
export async function physical({ cfn }: Pick<DoctorsWorld, 'cfn'>, logical: string): Promise<string> {
  const ask = new DescribeStackResourceCommand({ StackName: 'bbf--foundation', LogicalResourceId: logical });
  return (await cfn.send(ask)).StackResourceDetail?.PhysicalResourceId ?? '';
}
