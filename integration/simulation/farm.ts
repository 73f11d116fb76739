/** The programs of the farm's tasks: what a server or worker task does from its start to its end, around the farm's own scheduler. */
import type { MemoryProgram } from '../../local/cloud/ecs/memory-runtime.ts';
import { createFarmServer, type SimulatedServer } from './farm-server.ts';
import { createFarmWorker, type SimulatedWorker } from './farm-worker.ts';
import { record } from './history.ts';
import type { SimulatedWorld } from './world.ts';

export interface Farm {
  /** The listening server of a cluster, if there is one. */
  server(cluster: string): SimulatedServer | undefined;
  workers(): Iterable<SimulatedWorker>;
  worker(task: string): SimulatedWorker | undefined;
  /** A new status lies in the bucket: servers find their orders in it, workers their server. */
  statusWritten(cluster: string): void;
  /** Told when a server begins to listen or is gone, and when an action is done. */
  onServer: ((cluster: string) => void) | undefined;
}

/** The server asks for its certificate, opens its stores and listens. */
const SERVER_START_MS = 2_000;
/** The server's interval of looks at the status, and the longest pause of a worker that looks for its server. */
const STATUS_POLL_MS = 2_000;
const WORKER_RETRY_MS = 5_000;
/** Fargate kills a task so long after SIGTERM; the programs end before. */
const GRACE_MS = 100_000;

export const createFarm = (world: SimulatedWorld): Farm => new Programs(world);

class Programs implements Farm {
  onServer: ((cluster: string) => void) | undefined;
  readonly #world: SimulatedWorld;
  readonly #servers = new Map<string, SimulatedServer>();
  readonly #workers = new Map<string, SimulatedWorker>();

  constructor(world: SimulatedWorld) {
    const { tasks } = world;
    this.#world = world;
    tasks.onStart = (program) => {
      const exit = program.exit;
      program.exit = (code) => {
        if (tasks.program(program.start.taskId) === program) this.#gone(program.start.taskId);
        exit(code);
      };
      this.#begin(program);
    };
    tasks.onTerminate = (program) => this.#terminate(program);
  }

  server(cluster: string): SimulatedServer | undefined {
    return [...this.#servers.values()].find((server) => server.cluster === cluster && server.listens);
  }

  workers(): Iterable<SimulatedWorker> {
    return this.#workers.values();
  }

  worker(task: string): SimulatedWorker | undefined {
    return this.#workers.get(task);
  }

  statusWritten(cluster: string): void {
    for (const server of this.#servers.values()) if (server.cluster === cluster) this.#lookAtStatus(server);
    for (const worker of this.#workers.values()) {
      if (worker.cluster === cluster && !worker.connected) this.#seek(worker, this.#world.chance() * WORKER_RETRY_MS);
    }
  }

  #after(key: string, ms: number, run: () => void): void {
    this.#world.clock.schedule(`simulation/farm/${key}`, this.#world.now() + Math.round(ms), run);
  }

  #lookAtStatus(server: SimulatedServer): void {
    this.#after(`status/${server.task}`, this.#world.chance() * STATUS_POLL_MS, () => server.readStatus());
  }

  #seek(worker: SimulatedWorker, delayMs: number): void {
    this.#after(`seek/${worker.task}`, delayMs, () => {
      const server = this.#workers.has(worker.task) ? this.server(worker.cluster) : undefined;
      if (server && this.#world.status(worker.cluster)?.endpoint === server.endpoint) this.#serve(worker, server);
    });
  }

  #serve(worker: SimulatedWorker, server: SimulatedServer): void {
    const { task, cluster, pool } = worker;
    const { history } = this.#world;
    const known = history.workers.some((one) => one.task === task);
    if (!known) history.workers.push({ task, cluster, pool, since: this.#world.now(), until: null });
    worker.connect(server);
  }

  #begin(program: MemoryProgram): void {
    const { taskId, environment, image } = program.start;
    const trouble = this.#world.weather.badPrograms.get(image);
    if (trouble === 'hangs') return;
    if (trouble === 'crashes') this.#after(`crash/${taskId}`, SERVER_START_MS, () => program.exit(1));
    else if (environment.BBF_POOL === undefined) this.#beginServer(program);
    else this.#beginWorker(program, environment.BBF_POOL);
  }

  #beginServer({ start }: MemoryProgram): void {
    const { taskId: task, environment, address } = start;
    const { BBF_CLUSTER: cluster = '' } = environment;
    const endpoint = `${address}:8980`;
    const server = createFarmServer(this.#world, { task, cluster, endpoint });
    this.#servers.set(task, server);
    this.#world.history.servers.push({ task, cluster, endpoint, since: this.#world.now(), until: null });
    this.#after(`listen/${task}`, SERVER_START_MS * (0.5 + this.#world.chance()), () => {
      if (!this.#servers.has(task)) return;
      server.listen();
      this.#lookAtStatus(server);
      this.onServer?.(cluster);
    });
  }

  #beginWorker(program: MemoryProgram, pool: string): void {
    const { taskId: task, environment } = program.start;
    const { BBF_CLUSTER: cluster = '', BBF_SLOTS: slots = 1 } = environment;
    const giveUp = () => this.#windDown(program);
    const worker = createFarmWorker(this.#world, { task, cluster, pool, slots: Number(slots), giveUp });
    this.#workers.set(task, worker);
    this.#after(`seek/${task}`, SERVER_START_MS * this.#world.chance(), () => {
      if (!this.#workers.has(task)) return;
      worker.start();
      this.#seek(worker, 0);
    });
  }

  /** However it ends: nothing of the program is left. */
  #gone(task: string): void {
    const server = this.#servers.get(task);
    const worker = this.#workers.get(task);
    this.#servers.delete(task);
    this.#workers.delete(task);
    worker?.end();
    const { history } = this.#world;
    const worked = history.workers.find((one) => one.task === task);
    if (worked) worked.until = this.#world.now();
    if (!server) return;
    server.end();
    // An address comes back only after millions of others.
    const served = history.servers.find(({ endpoint }) => endpoint === server.endpoint);
    if (served) served.until = this.#world.now();
    for (const other of this.#workers.values()) other.lose(server);
    this.onServer?.(server.cluster);
  }

  /** SIGTERM: a worker lets what runs finish, as long as there is time. */
  #terminate(program: MemoryProgram): void {
    noteEnd(this.#world, this, program.start.taskId);
    this.#windDown(program);
  }

  #windDown(program: MemoryProgram): void {
    const { taskId } = program.start;
    const worker = this.#workers.get(taskId);
    worker?.stop();
    const left = Math.min(GRACE_MS, worker?.busyMs() ?? 0);
    this.#after(`end/${taskId}`, left, () => program.exit(0));
  }
}

/** A task was told to end: whether it was at work then is what the promises are about. */
function noteEnd(world: SimulatedWorld, farm: Farm, taskId: string): void {
  const task = world.services.ecs.state.tasks[taskId];
  if (!task) return;
  const worker = farm.worker(taskId);
  const [, cluster = '', kind = '', pool = ''] = (task.group ?? '').replace(/^service:/, '').split('--');
  record(world.history, 'ends', {
    at: world.now(),
    cluster,
    part: kind === 'pool' ? pool : kind,
    task: taskId,
    code: task.stopCode ?? '',
    reason: task.stoppedReason ?? '',
    busy: worker?.running() ?? 0,
    protected: worker?.protected ?? false,
    drained: worker?.drained() ?? false,
  });
}
