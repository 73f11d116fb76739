/** Blocks of IPv4 addresses: what lies in what. */
import { ServiceError } from '../kernel.ts';

interface Block {
  base: number;
  size: number;
}

export function parseBlock(cidr: string): Block {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match?.slice(1).map(Number) ?? [];
  const base = a * 2 ** 24 + b * 2 ** 16 + c * 256 + d;
  const size = 2 ** (32 - prefix);
  if (Math.max(a, b, c, d) > 255 || prefix > 32 || base % size !== 0) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  return { base, size };
}

export const contains = (outer: Block, inner: Block): boolean =>
  inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size;

export const overlap = (a: Block, b: Block): boolean => a.base < b.base + b.size && b.base < a.base + a.size;
