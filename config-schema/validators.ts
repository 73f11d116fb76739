/** The schemas as compiled validators, each made at first use; in bbf's bundles they are code already (build/compiled-validators.ts). */
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { activitySchema } from './activity.schema.ts';
import { clusterSchema } from './cluster.schema.ts';
import { leaseSchema } from './lease.schema.ts';
import { statusSchema } from './status.schema.ts';

/** verbose: an error carries the schema and the value around it, which the wording of a problem needs. */
export const ajvOptions: Options = {
  allErrors: true,
  useDefaults: true,
  verbose: true,
  strict: true,
  allowUnionTypes: true,
};

/**
 * By the name of the function below that answers its validator. A cluster document with fields that bbf does not know is refused: what a
 * person writes must mean what they meant. The other three are written by programs, maybe newer ones: a field more is no fault, nor is a
 * word that is not among those that bbf knows.
 */
export const validatedSchemas = {
  clusterValidator: () => clusterSchema,
  leaseValidator: () => open(leaseSchema),
  activityValidator: () => open(activitySchema),
  statusValidator: () => open(statusSchema),
} satisfies Record<string, () => object>;

const compiled = new Map<string, ValidateFunction>();

export const clusterValidator = () => compile('clusterValidator');
export const leaseValidator = () => compile('leaseValidator');
export const activityValidator = () => compile('activityValidator');
export const statusValidator = () => compile('statusValidator');

function compile(name: keyof typeof validatedSchemas): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  const validate = new Ajv(ajvOptions).compile(validatedSchemas[name]());
  compiled.set(name, validate);
  return validate;
}

/** The same schema without `additionalProperties: false` and `enum` anywhere. */
function open<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(open) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const closes = (name: string, value: unknown) =>
    (name === 'additionalProperties' && value === false) || (name === 'enum' && Array.isArray(value));
  const entries = Object.entries(schema).filter(([name, value]) => !closes(name, value));
  return Object.fromEntries(entries.map(([name, value]) => [name, open(value)])) as T;
}
