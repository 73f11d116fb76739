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

export function createFarm(world: SimulatedWorld): Farm {
  const servers = new Map<string, SimulatedServer>();
  const workers = new Map<string, SimulatedWorker>();
  const { clock, tasks } = world;
  const after = (key: string, ms: number, run: () => void) =>
    clock.schedule(`simulation/farm/${key}`, world.now() + Math.round(ms), run);

  const farm: Farm = {
    server: (cluster) => [...servers.values()].find((server) => server.cluster === cluster && server.listens),
    workers: () => workers.values(),
    worker: (task) => workers.get(task),
    onServer: undefined,
    statusWritten(cluster) {
      for (const server of servers.values()) if (server.cluster === cluster) lookAtStatus(server);
      for (const worker of workers.values()) {
        if (worker.cluster === cluster && !worker.connected) seek(worker, world.chance() * WORKER_RETRY_MS);
      }
    },
  };

  function lookAtStatus(server: SimulatedServer): void {
    after(`status/${server.task}`, world.chance() * STATUS_POLL_MS, () => server.readStatus());
  }
  function seek(worker: SimulatedWorker, delayMs: number): void {
    after(`seek/${worker.task}`, delayMs, () => {
      const server = workers.has(worker.task) ? farm.server(worker.cluster) : undefined;
      if (server && world.status(worker.cluster)?.endpoint === server.endpoint) serve(worker, server);
    });
  }

  function serve(worker: SimulatedWorker, server: SimulatedServer): void {
    const { task, cluster, pool } = worker;
    const known = world.history.workers.some((one) => one.task === task);
    if (!known) world.history.workers.push({ task, cluster, pool, since: world.now(), until: null });
    worker.connect(server);
  }

  function begin(program: MemoryProgram): void {
    const { taskId, environment, image, address } = program.start;
    const { BBF_CLUSTER: cluster = '', BBF_POOL: pool } = environment;
    const trouble = world.weather.badPrograms.get(image);
    if (trouble === 'hangs') return;
    if (trouble === 'crashes') {
      after(`crash/${taskId}`, SERVER_START_MS, () => program.exit(1));
    } else if (pool === undefined) {
      const endpoint = `${address}:8980`;
      const server = createFarmServer(world, { task: taskId, cluster, endpoint });
      servers.set(taskId, server);
      world.history.servers.push({ task: taskId, cluster, endpoint, since: world.now(), until: null });
      after(`listen/${taskId}`, SERVER_START_MS * (0.5 + world.chance()), () => {
        if (!servers.has(taskId)) return;
        server.listen();
        lookAtStatus(server);
        farm.onServer?.(cluster);
      });
    } else {
      const slots = Number(environment.BBF_SLOTS ?? 1);
      const giveUp = () => windDown(program);
      const worker = createFarmWorker(world, { task: taskId, cluster, pool, slots, giveUp });
      workers.set(taskId, worker);
      after(`seek/${taskId}`, SERVER_START_MS * world.chance(), () => {
        if (!workers.has(taskId)) return;
        worker.start();
        seek(worker, 0);
      });
    }
  }

  /** However it ends: nothing of the program is left. */
  function gone(taskId: string): void {
    const server = servers.get(taskId);
    const worker = workers.get(taskId);
    servers.delete(taskId);
    workers.delete(taskId);
    worker?.end();
    const record = world.history.workers.find((one) => one.task === taskId);
    if (record) record.until = world.now();
    if (!server) return;
    server.end();
    // An address comes back only after millions of others.
    const served = world.history.servers.find(({ endpoint }) => endpoint === server.endpoint);
    if (served) served.until = world.now();
    for (const other of workers.values()) other.lose(server);
    farm.onServer?.(server.cluster);
  }

  /** SIGTERM: a worker lets what runs finish, as long as there is time. */
  function terminate(program: MemoryProgram): void {
    noteEnd(world, farm, program.start.taskId);
    windDown(program);
  }
  function windDown(program: MemoryProgram): void {
    const { taskId } = program.start;
    const worker = workers.get(taskId);
    worker?.stop();
    const left = Math.min(GRACE_MS, worker?.busyMs() ?? 0);
    after(`end/${taskId}`, left, () => program.exit(0));
  }

  tasks.onStart = (program) => {
    const exit = program.exit;
    program.exit = (code) => {
      if (tasks.program(program.start.taskId) === program) gone(program.start.taskId);
      exit(code);
    };
    begin(program);
  };
  tasks.onTerminate = terminate;
  return farm;
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
