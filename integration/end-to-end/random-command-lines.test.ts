/** Random command lines through the built program: what Bazel is started with is what was typed, and what bbf adds in one place. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomWords } from '../../cli/bazel/command-line.fixture.ts';
import { runsOnFarm } from '../../cli/bazel/commands.ts';
import { type BucketDouble, openBucketDouble } from '../../cli/testing/bucket-double.ts';
import { keepCertificate } from '../../cli/testing/kept-certificate.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../../cli/testing/program-double.ts';
import { pool, statusDouble } from '../../cli/testing/status-double.ts';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { seededRandom } from '../../local/cloud/virtual-world.ts';
import { cleanEnvironment, run } from '../installation.ts';
import { bbfProgram } from '../programs.ts';

const SEED = Number(process.env.BBF_FUZZ_SEED ?? 20261129);
const REPLAY = `BBF_FUZZ_SEED=${SEED} npx vitest run ${import.meta.filename.split('/').slice(-3).join('/')}`;
const LINES = 12;
/** Of what Bazel says about itself in Protocol Buffers. */
const DOCKER = Buffer.from('…experimental_enable_docker_sandbox…').toString('base64');
/** Tells its arguments, each with a NUL behind it, as any of them may be empty or have lines. */
const BAZEL = `#!/bin/sh
case "$*" in --version) echo bazel 6.2.0; exit;; *flags-as-proto) echo ${DOCKER}; exit;; esac
printf '%s\\0' "$@" > "$ARGUMENTS"
exit 7
`;

let program: ProgramDouble;
let bucket: BucketDouble;
beforeAll(async () => {
  program = programDouble();
  bucket = await openBucketDouble();
  await chooseContext(program, bucket.endpoint);
  await keepCertificate(program, { now: Date.now() });
  bucket.put(clusterKey('main'), JSON.stringify({ metadata: { name: 'main' }, spec: { pools: { default: {} } } }));
  bucket.put(statusKey('main'), JSON.stringify(statusDouble({ pools: { default: pool(9) } })));
  mkdirSync(join(program.directory, 'bin'));
  writeFileSync(inFolder('bin/bazel'), BAZEL, { mode: 0o755 });
  writeFileSync(inFolder('bin/docker'), '#!/bin/sh\n', { mode: 0o755 });
});
afterAll(async () => {
  await bucket.close();
  rmSync(program.directory, { recursive: true, force: true });
});

const inFolder = (name: string) => join(program.directory, name);

/** What Bazel gets, with any port of the forwarder as PORT. */
async function received(name: string, typed: string[]): Promise<string[]> {
  const { directory } = program;
  const file = inFolder(name);
  const env = cleanEnvironment({
    HOME: directory,
    PATH: `${inFolder('bin')}:/usr/bin:/bin`,
    BBF_BAZEL: inFolder('bin/bazel'),
    ARGUMENTS: file,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 's',
  });
  const { code, stderr } = await run(process.execPath, [bbfProgram, ...typed], { cwd: directory, env });
  expect(code, stderr).toBe(7);
  const words = readFileSync(file, 'utf8').split('\0').slice(0, -1);
  return words.map((word) => word.replace(/^(--remote_(?:executor|cache)=grpc:\/\/127\.0\.0\.1):\d+$/, '$1:PORT'));
}

interface Place {
  what: string;
  /** Flags of bbf that lead there. */
  to: string[];
  /** Others of bbf that change nothing of what Bazel gets. */
  own: string[][];
  /** One of those that bbf adds. */
  added: string;
}

const places: Place[] = [
  {
    what: 'the farm',
    to: [],
    own: [['--workers', '2'], ['--wait=1m'], ['--cluster', 'main'], ['--context=test'], ['--quiet']],
    added: '--remote_executor=grpc://127.0.0.1:PORT',
  },
  {
    what: 'containers of this machine',
    to: ['--local=image:1'],
    own: [['--cluster', 'main'], ['--context=test'], ['--quiet']],
    added: '--experimental_docker_image=image:1',
  },
  {
    what: 'a farm that is named',
    to: ['--remote_executor', 'grpc://127.0.0.1:1'],
    own: [['--cluster', 'main'], ['--quiet']],
    added: '--remote_executor=grpc://127.0.0.1:PORT',
  },
];

describe(`random command lines (${REPLAY})`, () => {
  it.each(places)(
    'for $what reach Bazel as they were typed, and bbf’s flags in one place',
    async ({ to, own, added }) => {
      const words = randomWords(seededRandom(SEED));
      const [, ...flags] = await received('plain', [...to, 'build']);
      expect(flags).toContain(added);
      const check = async (line: number, { before, startup, command, rest }: RandomLine) => {
        const typed = [...before, command, ...rest];
        const expected = [...startup, command, ...(runsOnFarm(command) ? flags : []), ...rest];
        expect(await received(`line-${line}`, typed), `${REPLAY}: ${JSON.stringify(typed)}`).toEqual(expected);
      };
      for (let line = 0; line < LINES; line += 2)
        await Promise.all([check(line, randomLine(words, to, own)), check(line + 1, randomLine(words, to, own))]);
    },
  );
});

interface RandomLine {
  /** Everything before the command; `startup` is Bazel's share of it. */
  before: string[];
  startup: string[];
  command: string;
  rest: string[];
}

function randomLine(words: ReturnType<typeof randomWords>, to: string[], own: string[][]): RandomLine {
  const { pick, some } = words;
  const [first, second] = [some(2, words.startup).flat(), some(2, words.startup).flat()];
  const flags = [...some(2, () => pick(own)), to, ...some(2, () => pick(own))].flat();
  return {
    before: [...first, ...flags, ...second],
    startup: [...first, ...second],
    command: words.command(),
    rest: words.rest(),
  };
}
