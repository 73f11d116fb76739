/** Exit codes of bbf's own failures, from BSD's sysexits.h: outside Bazel's 0–9 and 32–49, but for commands whose exit code is an answer. docs/exit-codes.md explains each to people. */

export const exitCodes = {
  /** A command whose exit code is its answer, `bbf plan` or `bbf doctor`, could not find the answer or found trouble. */
  noAnswer: 1,
  /** The command line is wrong: unknown command or flag, a value that can't be. */
  usage: 64,
  /** A document is wrong: the reconciler or the schema refused it. */
  invalidDocument: 65,
  /** What was named does not exist: context, cluster, pool, file. */
  notFound: 66,
  /** Something bbf needs is not there: Bazel, the local cloud, an endpoint that nobody listens on. */
  unavailable: 69,
  /** A bug of bbf. */
  internal: 70,
  /** The operating system refused: a port in use, a full disk, a process that would not start. */
  system: 71,
  /** Somebody else's edit came first and says otherwise. */
  conflict: 73,
  /** A wait ran out of time; what was asked for may still happen. */
  timeout: 75,
  /** The other side answered with something that bbf does not understand. */
  protocol: 76,
  /** Credentials are missing, wrong or not enough. */
  permission: 77,
  /** A human has to change something first: configuration of bbf, or a cluster that is stalled. */
  configuration: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
