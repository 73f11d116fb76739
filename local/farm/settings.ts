/** What the environment of a task says; read once, at the start of either program. */
import { mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Environment,
  integer,
  required,
  slotsOf,
  type TaskSettings,
  taskSettings,
} from '../../duties/task-settings.ts';
import type { Properties } from './scheduler/platform.ts';

interface FarmSettings extends TaskSettings {
  /** For blobs, results and the work of actions. */
  directory: string;
}

export interface WorkerSettings extends FarmSettings {
  pool: string;
  slots: number;
  platform: Properties;
}

export interface ServerSettings extends FarmSettings {
  bucket: string;
  port: number;
}

const SERVER_PORT = 8980;

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

function farmSettings(environment: Environment): FarmSettings {
  const directory = environment.BBF_DIRECTORY || join(tmpdir(), 'bbf-farm');
  return { ...taskSettings(environment), directory };
}

/** Throws on what is missing or malformed. */
export function serverSettings(environment: Environment): ServerSettings {
  const port = integer('BBF_PORT', environment.BBF_PORT || String(SERVER_PORT), 1, 65_535);
  return { ...farmSettings(environment), bucket: required(environment, 'BBF_BUCKET'), port };
}

/** Throws on what is missing or malformed. */
export function workerSettings(environment: Environment): WorkerSettings {
  return {
    ...farmSettings(environment),
    pool: required(environment, 'BBF_POOL'),
    slots: slotsOf(environment),
    platform: properties('BBF_PLATFORM', environment.BBF_PLATFORM || '{}'),
  };
}

/** A share of what is free on the directory's disk, within a bound that leaves a developer's machine alone. */
export function roomFor(directory: string, share: number, mostBytes: number): number {
  mkdirSync(directory, { recursive: true });
  const { bavail, bsize } = statfsSync(directory);
  return Math.min(mostBytes, Math.floor(bavail * bsize * share));
}
