/** What the operations of IAM share. */
import { ServiceError, type World } from '../kernel.ts';
import type { IamState, Role } from './state.ts';

export interface IamCore {
  state: IamState;
  world: World;
}

export function roleOf({ state }: IamCore, name: string): Role {
  const role = state.roles[name];
  if (role) return role;
  throw noSuchEntity(`The role with name ${name} cannot be found.`);
}

export const noSuchEntity = (message: string) => new ServiceError('NoSuchEntity', message, 404);

/** Only its form is checked: policies are kept, and those of a task's role alone are evaluated (task-rights.ts). */
export function checkDocument(document: string): string {
  try {
    const parsed = JSON.parse(document) as { Statement?: unknown };
    if (parsed.Statement !== undefined) return document;
  } catch {
    throw new ServiceError('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
  throw new ServiceError('MalformedPolicyDocument', 'Missing required field Statement');
}

/** @param limit 64 for roles and users, 128 for policies (IAM quotas, "Name length limits") */
export function checkName(name: string, limit: number): string {
  if (name.length > 0 && name.length <= limit && /^[\w+=,.@-]+$/.test(name)) return name;
  const message = `The name "${name}" is invalid: 1 to ${limit} alphanumeric characters or "+=,.@-_" are allowed.`;
  throw new ServiceError('ValidationError', message);
}
