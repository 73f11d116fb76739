/** What an update would change, foretold by resolving the new template against the resources that there are. */
import { type Engine, providerOf } from './engine.ts';
import { equal } from './equality.ts';
import { invalid } from './errors.ts';
import { importValue } from './exports.ts';
import { importable } from './import.ts';
import { evaluate, isUnknown, type Scope, UNKNOWN } from './intrinsics.ts';
import { attributeOf, evaluatedOutputs } from './live-scope.ts';
import { type Prepared, scopeOf } from './prepared.ts';
import type { Blueprint, Physical, Properties, Replacement, ResourceChange, Stack } from './state.ts';

interface Plan {
  changes: ResourceChange[];
  outputsChange: boolean;
}

type PropertyChange = ResourceChange['properties'][number];

/** Throws ValidationError where the update can be refused before it begins. */
export function planUpdate(engine: Engine, stack: Stack, blueprint: Blueprint, importsExisting = false): Plan {
  const prepared = engine.prepared(stack, blueprint);
  refuseNewTypes(stack, prepared);
  for (const name of prepared.imports) importValue(engine.state, name);
  const known = new Map<string, ResourceChange | undefined>();
  const changeOf = (logicalId: string): ResourceChange | undefined => {
    // A resource's needs come first; there are no cycles (see prepare).
    if (!known.has(logicalId))
      known.set(logicalId, resourceChange(engine, stack, blueprint, prepared, logicalId, scope));
    return known.get(logicalId);
  };
  const scope = planningScope(engine, stack, prepared, changeOf);
  const kept = Object.keys(prepared.resources).flatMap((logicalId) => changeOf(logicalId) ?? []);
  const added = importsExisting ? kept.map((change) => asImport(engine, prepared, change)) : kept;
  const changes = [...added, ...removals(stack, prepared)];
  return {
    changes,
    outputsChange: !equal(plainOutputs(evaluatedOutputs(prepared, scope)), plainOutputs(stack.outputs)),
  };
}

function asImport(engine: Engine, prepared: Prepared, change: ResourceChange): ResourceChange {
  const declared = change.action === 'Add' ? prepared.resources[change.logicalId] : undefined;
  const physicalId = declared && importable(engine, declared);
  return physicalId === undefined ? change : { ...change, action: 'Import', physicalId };
}

/** A description that is not there is the same as one that is undefined; saved state has lost the difference. */
const plainOutputs = (outputs: unknown) => JSON.parse(JSON.stringify(outputs)) as unknown;

function refuseNewTypes(stack: Stack, prepared: Prepared): void {
  const changed = Object.entries(prepared.resources)
    .filter(([logicalId, { type }]) => (stack.resources[logicalId]?.type ?? type) !== type)
    .map(([logicalId]) => logicalId);
  if (changed.length === 0) return;
  throw invalid(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(', ')}]`,
  );
}

function planningScope(
  engine: Engine,
  stack: Stack,
  prepared: Prepared,
  changeOf: (logicalId: string) => ResourceChange | undefined,
): Scope {
  return scopeOf(prepared, engine.place.region, {
    physicalId(logicalId) {
      const change = changeOf(logicalId);
      const mayBeNew = change?.action === 'Add' || (change?.replacement ?? 'False') !== 'False';
      return mayBeNew ? UNKNOWN : (stack.resources[logicalId]?.physical?.physicalId ?? UNKNOWN);
    },
    attribute(logicalId, attribute) {
      const change = changeOf(logicalId);
      const physical = stack.resources[logicalId]?.physical;
      const isOpen = change?.action === 'Add' || change?.scope.includes('Properties') || !physical;
      return isOpen ? UNKNOWN : attributeOf(physical, logicalId, attribute);
    },
    importValue: (name) => importValue(engine.state, name),
  });
}

function resourceChange(
  engine: Engine,
  stack: Stack,
  blueprint: Blueprint,
  prepared: Prepared,
  logicalId: string,
  scope: Scope,
): ResourceChange | undefined {
  const declared = prepared.resources[logicalId];
  if (!declared) return undefined;
  const resource = stack.resources[logicalId];
  const base = { logicalId, type: declared.type, physicalId: resource?.physical?.physicalId };
  if (!resource?.physical || resource.status === 'CREATE_FAILED') {
    return { ...base, action: 'Add', replacement: undefined, scope: [], properties: [] };
  }
  const next = evaluate(declared.properties, scope) as Properties;
  const properties = propertyChanges(engine, declared.type, resource.physical, next);
  const changedScope = [
    ...(properties.length > 0 ? ['Properties'] : []),
    ...(equal(resource.physical.metadata, declared.metadata) ? [] : ['Metadata']),
    ...(equal(resource.physical.tags, blueprint.tags) ? [] : ['Tags']),
  ];
  if (changedScope.length === 0) return undefined;
  return { ...base, action: 'Modify', replacement: replacementOf(properties), scope: changedScope, properties };
}

function propertyChanges(engine: Engine, type: string, old: Physical, next: Properties): PropertyChange[] {
  const { replacedBy } = providerOf(engine, type);
  const names = new Set([...Object.keys(old.properties), ...Object.keys(next)]);
  return [...names]
    .filter((name) => !equal(old.properties[name], next[name]))
    .map((name) => {
      const recreates = replacedBy ? replacedBy.includes(name) : undefined;
      const requiresRecreation = recreates === undefined ? 'Conditionally' : recreates ? 'Always' : 'Never';
      return { name, dynamic: isUnknown(next[name]), requiresRecreation };
    });
}

function replacementOf(properties: readonly PropertyChange[]): Replacement {
  if (properties.some((change) => change.requiresRecreation === 'Always' && !change.dynamic)) return 'True';
  return properties.some((change) => change.requiresRecreation !== 'Never') ? 'Conditional' : 'False';
}

function removals(stack: Stack, prepared: Prepared): ResourceChange[] {
  return Object.values(stack.resources)
    .filter(({ logicalId }) => !Object.hasOwn(prepared.resources, logicalId))
    .map(({ logicalId, type, physical }) => ({
      action: 'Remove',
      logicalId,
      type,
      physicalId: physical?.physicalId,
      replacement: undefined,
      scope: [],
      properties: [],
    }));
}
