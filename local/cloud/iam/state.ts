/** What IAM remembers: roles, managed policies, users with keys, and temporary credentials. Plain JSON. */
import type { World } from '../kernel.ts';

export interface Role {
  name: string;
  id: string;
  arn: string;
  path: string;
  assumeRolePolicy: unknown;
  description: string;
  maxSessionSeconds: number;
  /** Documents by name. */
  policies: Record<string, unknown>;
  managedPolicyArns: string[];
  tags: Record<string, string>;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

export interface ManagedPolicy {
  name: string;
  id: string;
  arn: string;
  document: unknown;
}

export interface User {
  name: string;
  id: string;
  arn: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface StoredSession {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  roleName: string;
  sessionName: string;
}

export interface IamState {
  roles: Record<string, Role>;
  policies: Record<string, ManagedPolicy>;
  users: Record<string, User>;
  /** By access key id; those that have expired are dropped now and then. */
  sessions: Record<string, StoredSession>;
}

export const emptyIamState = (): IamState => ({ roles: {}, policies: {}, users: {}, sessions: {} });

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function draw(world: World, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(world.random() * alphabet.length)]).join('');
}

/** `AKIA…` a user's key, `ASIA…` a session's, `AIDA…` a user, `AROA…` a role (IAM user guide, "Unique identifiers"). */
export const uniqueId = (world: World, prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA' | 'ANPA') =>
  prefix + draw(world, UPPER, 16);
export const secretKey = (world: World) => draw(world, SECRET, 40);
export const sessionToken = (world: World) => draw(world, SECRET, 120);
