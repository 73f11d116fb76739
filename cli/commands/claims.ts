/** Commands about the pools of a cluster, and who claims their workers. */
import { type Command, clusterArgument, clusterFlag } from '../command.ts';
import { jsonFlags } from '../output/json.ts';

export const claimCommands: Command[] = [
  {
    name: 'pools',
    summary: 'list the pools of a cluster: what each is, has, and costs',
    arguments: [clusterArgument],
    flags: [...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf pools', what: 'one line for each' }],
    run: async (call, program) => (await import('../desired/pools-command.ts')).pools(call, program),
  },
  {
    name: 'leases',
    summary: 'list who claims workers of a cluster, and until when',
    arguments: [clusterArgument],
    flags: [...jsonFlags, clusterFlag],
    examples: [{ line: 'bbf leases', what: 'builds that run, and what bbf want --for claims' }],
    run: async (call, program) => (await import('../desired/leases.ts')).leases(call, program),
  },
  {
    name: 'leases release',
    summary: 'end a lease before its time; a build that still runs takes it again',
    arguments: [{ name: 'ID', required: true, known: 'leases', summary: 'the lease' }],
    flags: [clusterFlag],
    examples: [{ line: 'bbf leases release want-0a1b2c3d4e5f', what: 'workers go when nothing else wants them' }],
    run: async (call, program) => (await import('../desired/leases.ts')).releaseLease(call, program),
  },
];
