/** What names mean while a stack is being deployed: resources are what they are right now. */
import type { Engine } from './engine.ts';
import { invalid } from './errors.ts';
import { importValue } from './exports.ts';
import { evaluate, type Scope } from './intrinsics.ts';
import { type Lookup, type Prepared, scopeOf } from './prepared.ts';
import type { Output, Physical, Properties, Stack } from './state.ts';
import { isObject } from './template.ts';

function liveScope(engine: Engine, stack: Stack, prepared: Prepared): Scope {
  const physical = (logicalId: string): Physical => {
    const found = stack.resources[logicalId]?.physical;
    if (!found) throw invalid(`Template error: resource ${logicalId} does not exist`);
    return found;
  };
  const lookup: Lookup = {
    physicalId: (logicalId) => physical(logicalId).physicalId,
    attribute: (logicalId, attribute) => attributeOf(physical(logicalId), logicalId, attribute),
    importValue: (name) => importValue(engine.state, name),
  };
  return scopeOf(prepared, engine.place.region, lookup);
}

/** `Endpoint.Port` may be an attribute of that name or a member of the attribute `Endpoint`. */
export function attributeOf(physical: Physical, logicalId: string, attribute: string): unknown {
  if (Object.hasOwn(physical.attributes, attribute)) return physical.attributes[attribute];
  let value: unknown = physical.attributes;
  for (const member of attribute.split('.')) value = isObject(value) ? value[member] : undefined;
  if (value !== undefined) return value;
  throw invalid(`Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`);
}

export function liveProperties(engine: Engine, stack: Stack, prepared: Prepared, logicalId: string): Properties {
  return evaluate(prepared.resources[logicalId]?.properties ?? {}, liveScope(engine, stack, prepared)) as Properties;
}

export function liveOutputs(engine: Engine, stack: Stack, prepared: Prepared): Output[] {
  return evaluatedOutputs(prepared, liveScope(engine, stack, prepared));
}

export function evaluatedOutputs(prepared: Prepared, scope: Scope): Output[] {
  return Object.entries(prepared.outputs).map(([key, declared]) => ({
    key,
    value: asText(key, evaluate(declared.Value, scope)),
    description: declared.Description,
    exportName: declared.Export ? asText(key, evaluate(declared.Export.Name, scope)) : undefined,
  }));
}

function asText(key: string, value: unknown): string {
  if (typeof value !== 'object') return String(value);
  throw invalid(`Template format error: The Value field of every Outputs member must evaluate to a String. (${key})`);
}
