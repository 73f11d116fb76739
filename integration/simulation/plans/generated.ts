/** Every generated plan, class by class, from the reference runs of all workloads. Deterministic: the same code makes the same plans. */
import { stateCases } from '../oracles/state-table.ts';
import { crashPlans, runtimePlans } from './expand-crashes.ts';
import { driftPlans, stackFaultPlans } from './expand-drift.ts';
import { chainPlans, editPlans } from './expand-edits.ts';
import { eventPlans } from './expand-events.ts';
import { overlapPlans, writePlans } from './expand-overlaps.ts';
import { errorPlans, phantomPlans, stalePlans } from './expand-reads.ts';
import { CLASSES, type FaultPlan, type Plan, type PlanClass } from './plan.ts';
import { type Reference, referenceOf } from './reference.ts';
import { stateName } from './state-table.ts';
import { WORKLOADS } from './workloads.ts';

type Expand = (workload: string, reference: Reference) => FaultPlan[];

const OVER_WORKLOADS: Partial<Record<PlanClass, Expand[]>> = {
  A: [crashPlans],
  B: [stalePlans],
  C: [eventPlans],
  D: [errorPlans, phantomPlans],
  F: [writePlans],
  I: [overlapPlans],
  J: [driftPlans, stackFaultPlans],
  K: [runtimePlans],
};

/** The direct door takes the bulk; both doors lead into the same world and give the same trace. */
const DOOR = 'direct';

export async function generatedPlans(only: readonly PlanClass[] = CLASSES): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const name of only) plans.push(...(await plansOf(name)));
  return plans;
}

async function plansOf(name: PlanClass): Promise<Plan[]> {
  if (name === 'E') return stateCases().map((state) => ({ class: 'E', title: stateName(state), state }));
  if (name === 'H') return [...editPlans(), ...chainPlans()];
  const plans: Plan[] = [];
  for (const workload of Object.keys(WORKLOADS)) {
    const reference = await referenceOf({ workload, door: DOOR });
    for (const expand of OVER_WORKLOADS[name] ?? []) {
      plans.push(...expand(workload, reference).map((plan): FaultPlan => ({ ...plan, door: DOOR })));
    }
  }
  return plans;
}
