/** Resources that a stack takes over as they are, because their name is in its template and nobody's stack has them. */
import { type Engine, providerOf } from './engine.ts';
import type { PreparedResource } from './prepared.ts';
import { livingStacks } from './state.ts';

/**
 * Physical id of what would be imported (User Guide, "Import AWS resources into a CloudFormation stack automatically"): it keeps when
 * it is deleted, its name is written in the template, and it belongs to no stack.
 */
export function importable(engine: Engine, declared: PreparedResource): string | undefined {
  if (!['Retain', 'RetainExceptOnCreate'].includes(declared.deletionPolicy)) return undefined;
  const physicalId = providerOf(engine, declared.type).existing?.(declared.properties);
  const owned = livingStacks(engine.state).some((stack) =>
    Object.values(stack.resources).some(
      ({ type, physical }) => type === declared.type && physical?.physicalId === physicalId,
    ),
  );
  return owned ? undefined : physicalId;
}
