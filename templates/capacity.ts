/** On which of Fargate's capacities the workers of a pool run: all on one, or a base on demand and the rest on Spot. */
import { iff, ref, type Template, type Value } from './cloudformation.ts';

export interface PoolCapacity {
  parameters: Template['Parameters'];
  conditions: NonNullable<Template['Conditions']>;
  strategy: Value;
}

export const ONE_CAPACITY: PoolCapacity = {
  parameters: {
    Capacity: { Type: 'String', Description: 'Spot or on-demand capacity', AllowedValues: ['spot', 'on-demand'] },
  },
  conditions: { Spot: { 'Fn::Equals': [ref('Capacity'), 'spot'] } },
  strategy: [{ CapacityProvider: iff('Spot', 'FARGATE_SPOT', 'FARGATE'), Weight: 1 }],
};

/**
 * A template of its own, so that pools without a base keep theirs, and its hash. ECS fills the base first and looks at weights only
 * for what is beyond it, of which weight 0 takes nothing (Amazon ECS API Reference, CapacityProviderStrategyItem).
 */
export const SPOT_WITH_BASE: PoolCapacity = {
  parameters: { OnDemandBase: { Type: 'Number', Description: 'Workers on demand, before the first one on Spot' } },
  conditions: {},
  strategy: [
    { CapacityProvider: 'FARGATE', Base: ref('OnDemandBase'), Weight: 0 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
  ],
};
