/** The reconciler's ports without their hands: reads pass, and a write is a bug of bbf that fails before it is sent. */
import type { Ports } from '../../reconciler/ports.ts';

export function readOnly(ports: Ports): Ports {
  const { documents, services, stacks, schedule } = ports;
  return {
    ...ports,
    documents: {
      list: (prefix) => documents.list(prefix),
      read: (key, entry, options) => documents.read(key, entry, options),
      readRevision: (key, revision) => documents.readRevision(key, revision),
      revisions: (key) => documents.revisions(key),
      write: refuse,
      remove: refuse,
    },
    services: { describe: (names) => services.describe(names), setDesiredCount: refuse },
    stacks: {
      read: (name, knownAt) => stacks.read(name, knownAt),
      list: (prefix) => stacks.list(prefix),
      create: refuse,
      update: refuse,
      remove: refuse,
      cancelUpdate: refuse,
      continueRollback: refuse,
      rollback: refuse,
    },
    schedule: { isFast: () => schedule.isFast(), setFast: refuse },
  };
}

async function refuse(): Promise<never> {
  throw new Error('bbf plan writes nothing, and something tried to');
}
