/** Names of the forms that IAM gives its things (user guide, "IAM identifiers"). */
import type { World } from '../kernel.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET = `${BASE32.slice(0, 26)}abcdefghijklmnopqrstuvwxyz0123456789+/`;

/** @param prefix AROA role, AIDA user, AKIA key, ASIA temporary key, ANPA policy */
export function uniqueId(world: World, prefix: 'AROA' | 'AIDA' | 'AKIA' | 'ASIA' | 'ANPA'): string {
  return prefix + drawn(world, BASE32, prefix === 'AKIA' || prefix === 'ASIA' ? 16 : 17);
}

export const secretKey = (world: World) => drawn(world, SECRET, 40);
export const sessionToken = (world: World) => drawn(world, SECRET, 200);

export const roleArn = (world: World, path: string, name: string) => `arn:aws:iam::${world.account}:role${path}${name}`;
export const policyArn = (world: World, path: string, name: string) =>
  `arn:aws:iam::${world.account}:policy${path}${name}`;

function drawn(world: World, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(world.random() * alphabet.length)]).join('');
}
