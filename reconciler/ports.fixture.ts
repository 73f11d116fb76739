/** Ports of an account in which nothing of a cluster exists and everything is answered at once. */
import type { Documents, Ports } from './ports.ts';

export function emptyAccount(documents: Documents, now: number): Ports {
  const nothing = async () => {};
  return {
    documents,
    services: { describe: async () => ({}), setDesiredCount: nothing },
    stacks: {
      read: async () => ({ state: 'absent' }),
      list: async () => [],
      create: nothing,
      update: async () => true,
      remove: nothing,
      cancelUpdate: nothing,
      continueRollback: nothing,
      rollback: nothing,
    },
    schedule: { isFast: async () => false, setFast: nothing },
    time: { now: () => now, wait: nothing },
    log: { info: () => {}, error: () => {} },
  };
}
