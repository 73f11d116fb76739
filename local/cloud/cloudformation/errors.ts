/** The errors that CloudFormation answers, with AWS's codes. */
import { ServiceError } from '../kernel.ts';

/** CloudFormation says almost everything with this one code. */
export const invalid = (message: string) => new ServiceError('ValidationError', message);

export const alreadyExists = (message: string) => new ServiceError('AlreadyExistsException', message);

export const changeSetNotFound = (name: string) =>
  new ServiceError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);

export const changeSetStatusForbids = (message: string) => new ServiceError('InvalidChangeSetStatus', message);

export const insufficientCapabilities = (needed: string) =>
  new ServiceError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);

export const tokenExists = (token: string) =>
  new ServiceError('TokenAlreadyExistsException', `A client request token already exists: ${token}`);

/** How the query protocol words a constraint of the model that a member broke. */
export const constraint = (value: string, member: string, rule: string) =>
  invalid(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`);
