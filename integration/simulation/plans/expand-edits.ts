/** Class H: every field of the document is set to every kind of value, alone, and taken back; what is not valid must change nothing. */
import { parseCluster } from '../../../config-schema/parse.ts';
import type { Step } from '../story.ts';
import { ABSENT, type FieldValue, fieldValues, withValue } from './field-values.ts';
import type { FaultPlan } from './plan.ts';
import type { Workload } from './workloads.ts';

const BASE = {
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main', uid: 'u1' },
  spec: {
    pools: { default: { workers: 2, workersMax: 6, cpu: 4096, memoryMiB: 8192 } },
    server: { cpu: 1024, memoryMiB: 4096 },
    scaling: {
      idleAfter: '2h',
      scaleInAfter: '1m',
      schedules: [{ cron: '0 3 * * *', for: '10m', pools: { default: { workers: 1 } } }],
    },
    budget: { usdPerHour: 50 },
  },
};
/** Entries of the maps that the base has. */
const MAPS = { 'spec.pools': 'default', 'spec.scaling.schedules.0.pools': 'default' };

const BEGIN = 1_000;
const CHANGE = 120_000;
const REVERT = 300_000;
const CALM_MS = 150_000;
const ANY = ['stack.create', 'stack.delete', 'stack.update', 'stack.cancel', 'grown', 'shrunk'];

const write = (at: number, document: object): Step => ({ at, do: 'write', text: JSON.stringify(document) });
const isValid = (document: object) => parseCluster(JSON.stringify(document), { cluster: 'main' }).ok;

export function editPlans(): FaultPlan[] {
  return fieldValues(MAPS).flatMap((field) => {
    const edited = withValue(BASE, field);
    if (JSON.stringify(edited) === JSON.stringify(BASE)) return [];
    return [plan(`${words(field)}`, [edited], edited), plan(`${words(field)}, and back`, [edited, BASE], BASE)];
  });
}

/** From one value to the next without waiting: only the last valid one counts. */
export function chainPlans(): FaultPlan[] {
  const edits = fieldValues(MAPS).map((field) => withValue(BASE, field));
  const size = 6;
  const chains = Array.from({ length: Math.floor(edits.length / size) }, (_, i) =>
    edits.slice(i * size, (i + 1) * size),
  );
  return chains.map((chain, i) =>
    plan(`chain ${i + 1} of ${size} edits, 20 s apart, and back`, [...chain, BASE], BASE, 20_000),
  );
}

function plan(title: string, documents: object[], last: object, gapMs = REVERT - CHANGE): FaultPlan {
  const steps = [write(BEGIN, BASE), ...documents.map((document, i) => write(CHANGE + i * gapMs, document))];
  const goal = isValid(last) ? last : BASE;
  const like: Workload = { title: 'the last valid document alone', steps: [write(BEGIN, goal)], calmAfterMs: CALM_MS };
  return {
    class: 'H',
    title,
    workload: { title, steps, calmAfterMs: CALM_MS, like },
    tolerance: { more: ANY, taskSeconds: 7_200, serverKept: true },
    door: 'direct',
  };
}

function words({ path, value }: FieldValue): string {
  return value === ABSENT ? `${path.join('.')} is left out` : `${path.join('.')} becomes ${JSON.stringify(value)}`;
}
