/** Address arithmetic of `Fn::Cidr`, IPv4 only. */
import { invalid } from './errors.ts';

/**
 * `count` consecutive blocks inside `block`, each with `bits` host bits: `10.0.0.0/16`, 2, 8 → `10.0.0.0/24`, `10.0.1.0/24`.
 */
export function subnetsOf(block: string, count: number, bits: number): string[] {
  const { base, prefix } = parseCidr(block);
  const size = 2 ** bits;
  if (!Number.isInteger(count) || count < 1 || count > 256 || count * size > 2 ** (32 - prefix)) {
    throw invalid(`Template error: Fn::Cidr cannot cut ${count} blocks of ${bits} bits out of ${block}`);
  }
  return Array.from({ length: count }, (_, index) => `${addressText(base + index * size)}/${32 - bits}`);
}

function parseCidr(block: string): { base: number; prefix: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block);
  const numbers = match?.slice(1).map(Number) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = numbers;
  if (Math.max(a, b, c, d) > 255 || prefix > 32) throw invalid(`Template error: ${block} is not a valid CIDR block`);
  return { base: a * 2 ** 24 + b * 2 ** 16 + c * 256 + d, prefix };
}

const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
