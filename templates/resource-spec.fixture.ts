/** Checks a template against AWS's resource specification: types, properties at every depth, values, what is required, attributes. */
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Resource, Template, Value } from './cloudformation.ts';

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type SpecProperties = NonNullable<ReturnType<typeof specOf>>['properties'];
type SpecType = SpecProperties[string]['type'];

/** AWS's whole specification, unpacked once for all that ask: each unpacking takes seconds of CPU. */
const specification = loadAwsServiceSpec();

/** Everything in a template that AWS does not know, as `LogicalId.Path: what`. */
export async function unknownToAws(template: Template): Promise<string[]> {
  const database = await specification;
  return Object.entries(template.Resources).flatMap(([id, resource]) => [
    ...resourceFaults(database, id, resource),
    ...attributeFaults(database, template, id, (resource.Properties ?? {}) as Value),
    ...parameterFaults(database, template, id, resource),
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
  if (type.type === 'union') return unionFaults(database, path, value, type.types);
  if (Array.isArray(value)) {
    if (type.type === 'json') return [];
    if (type.type !== 'array') return [`${path}: AWS wants no list`];
    return value.flatMap((item, index) => valueFaults(database, `${path}[${index}]`, item, type.element));
  }
  if (type.type === 'array') return [`${path}: AWS wants a list`];
  if (typeof value !== 'object') return scalarFaults(path, value, type);
  if (type.type !== 'ref') return [];
  return objectFaults(database, path, value, database.get('typeDefinition', type.reference.$ref).properties);
}

/** Right by one of the types is right. */
function unionFaults(database: Database, path: string, value: Value, types: SpecType[]): string[] {
  const faults = types.map((type) => valueFaults(database, path, value, type));
  return faults.some((found) => found.length === 0) ? [] : (faults[0] ?? []);
}

type Bounds = { allowedValues?: unknown[]; minimum?: number; maximum?: number; minLength?: number; maxLength?: number };

/** Kind, list of allowed values, and bounds of a number or of a text's length. */
function scalarFaults(path: string, value: string | number | boolean, type: SpecType): string[] {
  const kinds: Record<string, string> = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' };
  const kind = kinds[type.type];
  if (kind === undefined) return type.type === 'ref' || type.type === 'map' ? [`${path}: AWS wants an object`] : [];
  if (typeof value !== kind) return [`${path}: AWS wants a ${kind}, not ${JSON.stringify(value)}`];
  const { allowedValues, minimum, maximum, minLength, maxLength } = type as Bounds;
  if (allowedValues && !allowedValues.includes(value))
    return [`${path}: ${value} is none of ${allowedValues.join(', ')}`];
  const size = typeof value === 'string' ? value.length : Number(value);
  const [least, most] = typeof value === 'string' ? [minLength, maxLength] : [minimum, maximum];
  return size < (least ?? size) || size > (most ?? size)
    ? [`${path}: ${value} is outside ${least ?? ''}…${most ?? ''}`]
    : [];
}

function isIntrinsic(value: Value): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const [only, ...more] = Object.keys(value);
  return more.length === 0 && (only === 'Ref' || only?.startsWith('Fn::') === true);
}

/** Values that a parameter allows and the property that takes it does not; properties of the resource itself only. */
function parameterFaults(database: Database, template: Template, id: string, resource: Resource): string[] {
  const properties = specOf(database, resource.Type)?.properties ?? {};
  return Object.entries(resource.Properties ?? {}).flatMap(([name, value]) => {
    const { Ref: parameter } = value as { Ref?: string };
    const { AllowedValues, Default } = template.Parameters[parameter ?? ''] ?? {};
    const { type, allowedValues } = (properties[name]?.type ?? {}) as { type?: string } & Bounds;
    const offered = (AllowedValues ?? (Default === undefined ? [] : [Default])).filter(
      () => allowedValues !== undefined,
    );
    const values = offered.map((one) => (type === 'string' ? one : Number(one)));
    return values
      .filter((one) => !allowedValues?.includes(one))
      .map((one) => `${id}.${name}: parameter ${parameter} allows ${one}, AWS does not`);
  });
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
