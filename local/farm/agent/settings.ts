/** What the environment of a task says; read once, at the start of either program. */
import { mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Properties } from '../scheduler/platform.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TaskSettings {
  cluster: string;
  region: string;
  /** Function URL of the reconciler. */
  accessUrl: string;
  /** Base of the task metadata endpoint. */
  metadataUri: string;
  /** Base of the agent's endpoint for task protection; undefined outside ECS services. */
  agentUri: string | undefined;
  /** For blobs, results and the work of actions. */
  directory: string;
  /** The local cloud's address; undefined on AWS. */
  endpoint: string | undefined;
}

export interface WorkerSettings extends TaskSettings {
  pool: string;
  slots: number;
  platform: Properties;
}

export interface ServerSettings extends TaskSettings {
  bucket: string;
  port: number;
}

const SERVER_PORT = 8980;

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`${name} is not set; bbf's task definitions set it, so start this program as a task of one of them`);
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is ${JSON.stringify(text)}; expected a whole number from ${least} to ${most}`);
}

function properties(name: string, text: string): Properties {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries?.every(([, property]) => typeof property === 'string')) return Object.fromEntries(entries);
  throw new Error(
    `${name} is ${JSON.stringify(text)}; expected a JSON object of strings, such as {"OSFamily":"linux"}`,
  );
}

function taskSettings(environment: Environment): TaskSettings {
  return {
    cluster: required(environment, 'BBF_CLUSTER'),
    region: required(environment, 'AWS_REGION'),
    accessUrl: required(environment, 'BBF_ACCESS_URL'),
    metadataUri: required(environment, 'ECS_CONTAINER_METADATA_URI_V4'),
    agentUri: environment.ECS_AGENT_URI,
    directory: environment.BBF_DIRECTORY || join(tmpdir(), 'bbf-farm'),
    endpoint: environment.AWS_ENDPOINT_URL || undefined,
  };
}

/** Throws on what is missing or malformed. */
export function serverSettings(environment: Environment): ServerSettings {
  const port = integer('BBF_PORT', environment.BBF_PORT || String(SERVER_PORT), 1, 65_535);
  return { ...taskSettings(environment), bucket: required(environment, 'BBF_BUCKET'), port };
}

/** Throws on what is missing or malformed. */
export function workerSettings(environment: Environment): WorkerSettings {
  return {
    ...taskSettings(environment),
    pool: required(environment, 'BBF_POOL'),
    slots: integer('BBF_SLOTS', required(environment, 'BBF_SLOTS'), 1, 1_000),
    platform: properties('BBF_PLATFORM', environment.BBF_PLATFORM || '{}'),
  };
}

/** A share of what is free on the directory's disk, within a bound that leaves a developer's machine alone. */
export function roomFor(directory: string, share: number, mostBytes: number): number {
  mkdirSync(directory, { recursive: true });
  const { bavail, bsize } = statfsSync(directory);
  return Math.min(mostBytes, Math.floor(bavail * bsize * share));
}
