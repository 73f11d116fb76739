/** Which names a value of a template refers to. */
import { getAttTarget, placeholdersOf, subParts } from './intrinsics.ts';
import { attributePath, isObject, type ResourceDeclaration } from './template.ts';

interface References {
  /** Names under `Ref` and in `Fn::Sub`: parameters, pseudo parameters or resources. */
  refs: Set<string>;
  /** Logical ids under `Fn::GetAtt` and in `Fn::Sub`. */
  attributes: Set<string>;
}

export function referencesOf(value: unknown): References {
  const found: References = { refs: new Set(), attributes: new Set() };
  collect(value, found);
  return found;
}

function collect(value: unknown, found: References): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (!isObject(value)) return;
  for (const [name, argument] of Object.entries(value)) {
    if (name === 'Ref' && typeof argument === 'string') found.refs.add(argument);
    else if (name === 'Fn::GetAtt') {
      const [logicalId, attribute] = getAttTarget(argument);
      found.attributes.add(logicalId);
      collect(attribute, found);
    } else if (name === 'Fn::Sub') collectSub(argument, found);
    else collect(argument, found);
  }
}

function collectSub(argument: unknown, found: References): void {
  const { text, variables } = subParts(argument);
  for (const name of placeholdersOf(text)) {
    if (Object.hasOwn(variables, name)) continue;
    if (name.includes('.')) found.attributes.add(attributePath(name)[0]);
    else found.refs.add(name);
  }
  collect(variables, found);
}

export const explicitDependencies = (resource: ResourceDeclaration): string[] =>
  typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? []);
