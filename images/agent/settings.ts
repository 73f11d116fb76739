/** What the environment says of an agent's task; read once, at its start. */
import {
  type Environment,
  integer,
  required,
  slotsOf,
  type TaskSettings,
  taskSettings,
} from '../../duties/task-settings.ts';
import { LOOPBACK_PORTS, METRICS_PORT } from '../../templates/farm-ports.ts';

interface AgentSettings extends TaskSettings {
  /** Shared with the gateway: `tls/` and, in a worker's task, `server`. */
  runDirectory: string;
  /** Of the Buildfarm process beside it. */
  metricsUrl: string;
  /** Where the server's agent listens: itself (0: any), or by way of the worker's gateway. */
  port: number;
}

export interface ServerAgentSettings extends AgentSettings {
  role: 'server';
  bucket: string;
}

export interface WorkerAgentSettings extends AgentSettings {
  role: 'worker';
  pool: string;
  slots: number;
  /** Shared with the worker: its root is `root` in it. */
  workDirectory: string;
}

/** Throws on what is missing or malformed. */
export function agentSettings(environment: Environment): ServerAgentSettings | WorkerAgentSettings {
  const role = required(environment, 'BBF_AGENT');
  const common: AgentSettings = {
    ...taskSettings(environment),
    runDirectory: environment.BBF_RUN || '/run/bbf',
    metricsUrl: environment.BBF_METRICS_URL || `http://127.0.0.1:${METRICS_PORT}/metrics`,
    port: integer('BBF_AGENT_PORT', environment.BBF_AGENT_PORT || String(LOOPBACK_PORTS.agent), 0, 65_535),
  };
  if (role === 'server') return { ...common, role, bucket: required(environment, 'BBF_BUCKET') };
  if (role === 'worker') {
    const pool = required(environment, 'BBF_POOL');
    return { ...common, role, pool, slots: slotsOf(environment), workDirectory: environment.BBF_WORK || '/work' };
  }
  throw new Error(`BBF_AGENT is ${JSON.stringify(role)}; expected server or worker`);
}
