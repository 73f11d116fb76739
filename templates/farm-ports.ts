/** Where the programs of a farm's tasks listen, when companions speak for them (docs/decisions/0014). */

/** Of the server's task, mutual TLS: clients and workers. Without companions it is the farm server's own port. */
export const SERVER_PORT = 8980;
/** Of the server's task, mutual TLS, workers only: backplane, storage, agent. */
export const WORKER_PORTS = { backplane: 8981, storage: 8982, agent: 8983 } as const;
/** The last of the ports that a server's task opens: they follow one another. */
export const LAST_SERVER_PORT = WORKER_PORTS.agent;

/**
 * On loopback, without TLS. The last three are the same in every task: in a worker's task the gateway listens there and carries
 * each connection to the server's, so that the address by which the server knows its storage is right everywhere.
 */
export const LOOPBACK_PORTS = { server: 8970, storage: 8972, agent: 8973, backplane: 6379 } as const;
/** Where Buildfarm's server and its execute-only workers tell their metrics. */
export const METRICS_PORT = 9090;
/** Where the storage worker does, which is in the server's task. */
export const STORAGE_METRICS_PORT = 9091;
/** Part of an execute-only worker's name; nothing but its own health check connects to it. */
export const WORKER_PORT = 8981;
