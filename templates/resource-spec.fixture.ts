/** Checks a template against AWS's resource specification: types, properties at every depth, what is required, attributes. */
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Resource, Template, Value } from './cloudformation.ts';

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type SpecProperties = NonNullable<ReturnType<typeof specOf>>['properties'];
type SpecType = SpecProperties[string]['type'];

/** Everything in a template that AWS does not know, as `LogicalId.Path: what`; loading takes about 0.4 s. */
export async function unknownToAws(template: Template): Promise<string[]> {
  const database = await loadAwsServiceSpec();
  return Object.entries(template.Resources).flatMap(([id, resource]) => [
    ...resourceFaults(database, id, resource),
    ...attributeFaults(database, template, id, (resource.Properties ?? {}) as Value),
  ]);
}

function specOf(database: Database, type: string) {
  const [found] = database.lookup('resource', 'cloudFormationType', 'equals', type);
  return found;
}

function resourceFaults(database: Database, id: string, resource: Resource): string[] {
  const spec = specOf(database, resource.Type);
  return spec
    ? objectFaults(database, id, resource.Properties ?? {}, spec.properties)
    : [`${id}: no type ${resource.Type}`];
}

function objectFaults(
  database: Database,
  path: string,
  value: { [key: string]: Value },
  spec: SpecProperties,
): string[] {
  const missing = Object.entries(spec).filter(([name, { required }]) => required && !(name in value));
  return [
    ...missing.map(([name]) => `${path}: ${name} is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const property = spec[name];
      return property
        ? valueFaults(database, `${path}.${name}`, inner, property.type)
        : [`${path}: no property ${name}`];
    }),
  ];
}

function valueFaults(database: Database, path: string, value: Value, type: SpecType): string[] {
  if (isIntrinsic(value)) return choicesOf(value).flatMap((choice) => valueFaults(database, path, choice, type));
  if (Array.isArray(value)) {
    if (type.type === 'json' || type.type === 'union') return [];
    if (type.type !== 'array') return [`${path}: AWS wants no list`];
    return value.flatMap((item, index) => valueFaults(database, `${path}[${index}]`, item, type.element));
  }
  if (type.type === 'array') return [`${path}: AWS wants a list`];
  if (typeof value !== 'object' || type.type !== 'ref') return [];
  return objectFaults(database, path, value, database.get('typeDefinition', type.reference.$ref).properties);
}

function isIntrinsic(value: Value): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const [only, ...more] = Object.keys(value);
  return more.length === 0 && (only === 'Ref' || only?.startsWith('Fn::') === true);
}

/** Both values of an `Fn::If`; nothing of any other intrinsic. */
function choicesOf(value: Value): Value[] {
  const { 'Fn::If': branches } = value as { 'Fn::If'?: [string, Value, Value] };
  return branches ? branches.slice(1) : [];
}

/** Attributes that `Fn::GetAtt` asks for and the type does not have. */
function attributeFaults(database: Database, template: Template, path: string, value: Value): string[] {
  return intrinsicsIn(value).flatMap(({ name, argument }) => {
    if (name !== 'Fn::GetAtt') return [];
    const [id = '', attribute = ''] = argument as string[];
    const type = template.Resources[id]?.Type ?? '';
    return specOf(database, type)?.attributes[attribute]
      ? []
      : [`${path}: ${id} (${type}) has no attribute ${attribute}`];
  });
}

/** Every intrinsic function in a value, at any depth. */
export function intrinsicsIn(value: Value): { name: string; argument: Value }[] {
  if (typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(intrinsicsIn);
  return Object.entries(value).flatMap(([name, argument]) => [
    ...(name === 'Ref' || name.startsWith('Fn::') ? [{ name, argument }] : []),
    ...intrinsicsIn(argument),
  ]);
}
