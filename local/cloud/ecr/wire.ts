/** ECR's codec: JSON 1.1. */
import type { WireHandler } from '../kernel.ts';
import { jsonProtocol } from '../wire/json.ts';
import type { Ecr } from './ecr.ts';

export const createEcrWire = (ecr: Ecr): WireHandler =>
  jsonProtocol('AmazonEC2ContainerRegistry_V20150921', {
    GetAuthorizationToken: () => ecr.getAuthorizationToken(),
    DescribeRepositories: (input) => ecr.describeRepositories(input),
  });
