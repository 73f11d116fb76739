/** What the environment says of the task, whichever program runs in it. */
import { SLOTS_MAX } from '../config-schema/schema-parts.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TaskSettings {
  cluster: string;
  region: string;
  /** Function URL of the reconciler. */
  accessUrl: string;
  /** Base of the task metadata endpoint. */
  metadataUri: string;
  /** Base of the ECS agent's endpoint for task protection; undefined outside ECS services. */
  agentUri: string | undefined;
  /** The local cloud's address; undefined on AWS. */
  endpoint: string | undefined;
}

/** Throws on what is missing. */
export function taskSettings(environment: Environment): TaskSettings {
  return {
    cluster: required(environment, 'BBF_CLUSTER'),
    region: required(environment, 'AWS_REGION'),
    accessUrl: required(environment, 'BBF_ACCESS_URL'),
    metadataUri: required(environment, 'ECS_CONTAINER_METADATA_URI_V4'),
    agentUri: environment.ECS_AGENT_URI,
    endpoint: environment.AWS_ENDPOINT_URL || undefined,
  };
}

export function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`${name} is not set; bbf's task definitions set it, so start this program as a task of one of them`);
}

/** Actions that a worker runs at a time. */
export const slotsOf = (environment: Environment): number =>
  integer('BBF_SLOTS', required(environment, 'BBF_SLOTS'), 1, SLOTS_MAX);

/** Throws on anything but a whole number within the bounds. */
export function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is ${JSON.stringify(text)}; expected a whole number from ${least} to ${most}`);
}
