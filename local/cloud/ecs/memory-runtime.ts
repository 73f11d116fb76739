/** Containers without processes, for tests and the simulator: programs are told from outside what to do. */
import type { ContainerStart, Probe, TaskRuntime } from './ports.ts';

export interface MemoryProgram {
  start: ContainerStart;
  /** Signals received so far. */
  signals: string[];
  /** What health checks find. */
  healthy: boolean;
  /** Ends the program; later calls do nothing. */
  exit(code: number): void;
}

export interface MemoryRuntime extends TaskRuntime {
  /** Programs that run now. */
  running(): MemoryProgram[];
  program(taskId: string, containerName?: string): MemoryProgram | undefined;
  /** Images that can't be pulled, with the reason. */
  missingImages: Map<string, string>;
  /** Called when a program has started. */
  onStart: ((program: MemoryProgram) => void) | undefined;
  /** What SIGTERM does; by default the program ends with code 0 at once. */
  onTerminate: (program: MemoryProgram) => void;
}

export function createMemoryRuntime(): MemoryRuntime {
  const programs = new Map<string, MemoryProgram>();
  const keyOf = (taskId: string, containerName: string) => `${taskId}/${containerName}`;
  const runtime: MemoryRuntime = {
    missingImages: new Map(),
    onStart: undefined,
    onTerminate: (program) => program.exit(0),
    running: () => [...programs.values()],
    program: (taskId, containerName) =>
      containerName === undefined
        ? [...programs.values()].find((program) => program.start.taskId === taskId)
        : programs.get(keyOf(taskId, containerName)),
    open: (_ground, done) => done({}),
    close: () => undefined,
    pull: (image, done) => done(runtime.missingImages.get(image)),
    start(start, exited) {
      const key = keyOf(start.taskId, start.containerName);
      const program: MemoryProgram = {
        start,
        signals: [],
        healthy: true,
        exit(code) {
          if (programs.delete(key)) exited(code);
        },
      };
      programs.set(key, program);
      runtime.onStart?.(program);
      return undefined;
    },
    signal(taskId, containerName, signal) {
      const program = programs.get(keyOf(taskId, containerName));
      program?.signals.push(signal);
      if (!program) return;
      if (signal === 'SIGKILL') program.exit(137);
      else runtime.onTerminate(program);
    },
    probe: (probe: Probe, done) => done(programs.get(keyOf(probe.taskId, probe.containerName))?.healthy ?? false),
    reap: () => undefined,
  };
  return runtime;
}
