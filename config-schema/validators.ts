/** The schemas as compiled validators, each made at first use: compiling all four costs more than most commands need. */
import { Ajv, type ValidateFunction } from 'ajv';
import { activitySchema } from './activity.schema.ts';
import { clusterSchema } from './cluster.schema.ts';
import { leaseSchema } from './lease.schema.ts';
import { statusSchema } from './status.schema.ts';

const compiled = new Map<object, ValidateFunction>();

/** Refuses fields that it does not know: what a person writes must mean what they meant. */
export const clusterValidator = () => compile(clusterSchema, () => clusterSchema);
/** These three are written by programs, maybe newer ones: a field more is no fault. */
export const leaseValidator = () => compile(leaseSchema, () => open(leaseSchema));
export const activityValidator = () => compile(activitySchema, () => open(activitySchema));
export const statusValidator = () => compile(statusSchema, () => open(statusSchema));

function compile(key: object, schema: () => object): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  // verbose: an error carries the schema and the value around it, which the wording of a problem needs.
  const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: true, allowUnionTypes: true });
  const validate = ajv.compile(schema());
  compiled.set(key, validate);
  return validate;
}

/** The same schema without `additionalProperties: false` anywhere. */
function open<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(open) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return Object.fromEntries(entries.map(([name, value]) => [name, open(value)])) as T;
}
