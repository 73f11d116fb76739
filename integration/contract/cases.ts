/** Every case of the contract that can be put to any cloud. */
import type { Case } from './case.ts';
import { stackDeletion, stackReading } from './cases/cloudformation-reading.ts';
import { stackExports, stackFailure, stackRefusal } from './cases/cloudformation-refusals.ts';
import { stackCreation, stackUpdate } from './cases/cloudformation-stacks.ts';
import { changeSets, templateForms, templateValues } from './cases/cloudformation-templates.ts';
import { ecsClusters, ecsDefinitions } from './cases/ecs-definitions.ts';
import { ecsServices } from './cases/ecs-services.ts';
import { ecsTasks } from './cases/ecs-tasks.ts';
import { eventEntries, eventPatterns, eventRules, eventTargets } from './cases/events.ts';
import { functionSettings, functions } from './cases/functions.ts';
import { iamRoles, linkedRoles, logGroups, stsSessions } from './cases/identity-and-logs.ts';
import { s3Buckets, s3Uploads } from './cases/s3-buckets.ts';
import { s3Documents } from './cases/s3-documents.ts';
import { taggedThings } from './cases/tagging.ts';
import { foundation, pool, server } from './cases/templates.ts';

export const cases: Case[] = [
  ...s3Documents,
  ...s3Buckets,
  ...s3Uploads,
  ...stackCreation,
  ...stackUpdate,
  ...stackDeletion,
  ...stackReading,
  ...stackFailure,
  ...stackRefusal,
  ...stackExports,
  ...templateValues,
  ...templateForms,
  ...changeSets,
  ...ecsClusters,
  ...ecsDefinitions,
  ...ecsServices,
  ...ecsTasks,
  ...eventRules,
  ...eventTargets,
  ...eventPatterns,
  ...eventEntries,
  ...iamRoles,
  ...linkedRoles,
  ...stsSessions,
  ...logGroups,
  ...functions,
  ...functionSettings,
  ...taggedThings,
  ...foundation,
  ...server,
  ...pool,
];
