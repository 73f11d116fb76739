/** Loopback addresses for tasks: each gets its own, so that all may listen on the same port. */
import type { EcsContext } from './context.ts';

/**
 * 127.16.0.1 to 127.239.255.254 without those that end in .0 or .255. The lower part of 127/8 is left to what
 * systems put there (127.0.0.1, 127.0.0.53, 127.0.1.1).
 */
const FIRST_BLOCK = 16;
const HOSTS_PER_BLOCK = 254;
const POOL_SIZE = (240 - FIRST_BLOCK) * 256 * HOSTS_PER_BLOCK;

/**
 * The next address. The pool is walked from end to end, so an address comes back only after 14 million others:
 * nothing that still points at a stopped task can reach another one. It begins anywhere, so that several clouds on
 * one machine keep out of each other's way.
 */
export function takeAddress(context: EcsContext): string {
  const { state, world } = context;
  if (state.addressCursor === 0) state.addressCursor = 1 + Math.floor(world.random() * POOL_SIZE);
  const position = state.addressCursor % POOL_SIZE;
  state.addressCursor = position + 1;
  const block = Math.floor(position / HOSTS_PER_BLOCK);
  return [127, FIRST_BLOCK + Math.floor(block / 256), block % 256, 1 + (position % HOSTS_PER_BLOCK)].join('.');
}
