/** The images' shell scripts, run by the bash of this machine with doubles of the programs that they start. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const script = (path: string) => join(import.meta.dirname, path);
let directory = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-scripts-'));
  mkdirSync(join(directory, 'bin'));
});
afterEach(() => {
  for (const child of children.splice(0)) if (child.pid && child.exitCode === null) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A program of the PATH that the scripts see. */
function program(name: string, lines: string): void {
  const path = join(directory, 'bin', name);
  writeFileSync(path, `#!/bin/bash\n${lines}\n`);
  chmodSync(path, 0o755);
}

function start(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, {
    env: { PATH: `${directory}/bin:/usr/bin:/bin`, TMPDIR: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  child.stderr.on('data', (piece) => {
    errors += piece;
  });
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output, errors })),
  );
  return { child, ended, errors: () => errors };
}

describe('java.sh', () => {
  it('passes the storage’s workers on to the farm’s server, and tells metrics where ECS asks for them', async () => {
    program('socat', 'echo "$1" >> "$TMPDIR/listeners"');
    await start(script('farm/java.sh'), ['-jar', '/app/build_buildfarm/buildfarm-shard-worker_deploy.jar']).ended;
    const ports = [...readFileSync(join(directory, 'listeners'), 'utf8').matchAll(/LISTEN:(\d+)/g)];
    expect(ports.map(([, port]) => port).sort()).toEqual(['8972', '9091']);
  });
});

describe('buildfarm.sh', () => {
  it('hands Buildfarm its configuration by the variable that wins, and not twice', async () => {
    const configuration = '{"a":"$HOME `x` \\" é"}';
    const { ended } = start(
      script('buildfarm/buildfarm.sh'),
      ['bash', '-c', 'cat "$CONFIG_PATH"; printenv BBF_CONFIGURATION || echo unset'],
      {
        BBF_CONFIGURATION: configuration,
        CONFIG_PATH: '/app/build_buildfarm/config.minimal.yml',
      },
    );
    expect(await ended).toMatchObject({ code: 0, output: `${configuration}\nunset\n` });
  });

  it('is replaced by Buildfarm, which gets the signals', async () => {
    const { child, ended } = start(
      script('buildfarm/buildfarm.sh'),
      ['bash', '-c', 'trap "exit 42" TERM; echo up > "$TMPDIR/up"; while :; do sleep 0.05; done'],
      {
        BBF_CONFIGURATION: '{}',
      },
    );
    await vi.waitFor(() => expect(existsSync(join(directory, 'up'))).toBe(true), 10_000);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(42);
  });

  it('says what is missing', async () => {
    const { ended } = start(script('buildfarm/buildfarm.sh'), ['true']);
    expect(await ended).toMatchObject({
      code: 1,
      errors: expect.stringContaining('BBF_CONFIGURATION: is not set; the task definition'),
    });
  });
});

describe('worker.sh', () => {
  const begin = () => {
    symlinkSync(script('buildfarm/buildfarm.sh'), join(directory, 'bin/bbf-buildfarm'));
    return start(script('worker/worker.sh'), ['bash', '-c', 'echo "$INSTANCE_NAME"'], {
      BBF_CONFIGURATION: '{}',
      BBF_WORK: directory,
    });
  };

  it('waits for the agent’s word, and takes its name from it', async () => {
    const { ended, errors, child } = begin();
    await vi.waitFor(() => expect(errors()).toContain('waits until the agent has written'), 10_000);
    expect(child.exitCode).toBeNull();
    writeFileSync(join(directory, 'ready'), '10.0.0.5:8981\n');
    expect(await ended).toMatchObject({ code: 0, output: '10.0.0.5:8981\n' });
    expect(existsSync(join(directory, 'root'))).toBe(true);
  });

  it('ends at once when it is told to while it waits', async () => {
    const { ended, errors, child } = begin();
    await vi.waitFor(() => expect(errors()).toContain('waits'), 10_000);
    child.kill('SIGTERM');
    expect((await ended).code).toBeNull();
  });
});

describe('docker.sh', () => {
  /** An engine that answers once dockerd has begun, and a client that says what it was asked. */
  const place = (dockerd: string) => {
    mkdirSync(join(directory, 'local'));
    symlinkSync(script('worker-dind/docker.sh'), join(directory, 'local/docker'));
    program('dockerd', dockerd);
    program('docker', `if [ "$1" = version ]; then [ -e "${directory}/up" ]; exit; fi; echo "asked: $*"`);
  };
  const docker = (args: string[], env = {}) =>
    start('docker', args, {
      PATH: `${directory}/local:${directory}/bin:/usr/bin:/bin`,
      BBF_DOCKER_RUN: directory,
      ...env,
    }).ended;
  const starts = () => readFileSync(join(directory, 'starts'), 'utf8').length;

  it('starts the engine at the first call, once, however many call at a time', async () => {
    place(`printf x >> ${directory}/starts; sleep 0.3; touch ${directory}/up; sleep 5`);
    const answers = await Promise.all([docker(['ps', '-a']), docker(['run', 'x']), docker(['images'])]);
    expect(answers.map(({ output }) => output).sort()).toEqual(['asked: images\n', 'asked: ps -a\n', 'asked: run x\n']);
    expect((await docker(['info'])).output).toBe('asked: info\n');
    expect(starts()).toBe(1);
  });

  it('says what to do where no engine can run, with the engine’s own words', async () => {
    place('echo "failed to mount: operation not permitted"; exit 1');
    expect(await docker(['ps'])).toMatchObject({
      code: 125,
      errors: expect.stringMatching(
        /has to run with --privileged, which Fargate does not allow.*\n.*operation not permitted/,
      ),
    });
  });

  it('starts it as root for a user who is not, and gives that user’s group its socket', async () => {
    place(`echo "$*" >> ${directory}/starts; touch ${directory}/up; sleep 5`);
    program('id', 'if [ "$1" = -g ]; then echo 1234; else echo 1000; fi');
    program('sudo', `echo sudo >> ${directory}/starts; shift; exec "$@"`);
    expect((await docker(['ps'])).output).toBe('asked: ps\n');
    expect(readFileSync(join(directory, 'starts'), 'utf8')).toBe('sudo\n--group 1234\n');
  });

  it('leaves alone who has an engine elsewhere', async () => {
    place(`printf x >> ${directory}/starts`);
    expect(await docker(['ps'], { DOCKER_HOST: 'tcp://127.0.0.1:1' })).toMatchObject({ output: 'asked: ps\n' });
    expect(existsSync(join(directory, 'starts'))).toBe(false);
  });
});
