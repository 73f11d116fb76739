/** ECS's own exceptions, each made in one place with AWS's wording. */
import { ServiceError } from '../kernel.ts';

export const clientException = (message: string) => new ServiceError('ClientException', message);
export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message);
export const clusterNotFound = () => new ServiceError('ClusterNotFoundException', 'Cluster not found.');
export const serviceNotFound = () => new ServiceError('ServiceNotFoundException', 'Service not found.');
export const serviceNotActive = () => new ServiceError('ServiceNotActiveException', 'Service was not ACTIVE.');

/** For what AWS can do and the local cloud does not: refused loudly rather than ignored. */
export const unsupported = (what: string) =>
  new ServiceError('UnsupportedFeatureException', `The local cloud does not implement ${what}.`);
