/** Every example that help or the README shows runs here as it is written, in a shell, against an installation of this machine. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands/all.ts';
import { freePorts } from '../free-ports.ts';
import { expectSuccess, type Installation, newInstallation, run } from '../installation.ts';
import { bbfProgram, debianBazel, helloWorkspace, npmBazel, root } from '../programs.ts';
import { readmeLines } from './readme-lines.ts';
import { writeShortLived } from './workspace.ts';

interface Example {
  /** As it is shown. */
  line: string;
  /** Instead of it, where it names what is another here. */
  here?: (line: string) => string;
  /** Lines of shell before it. */
  before?: string;
  /** It goes on until Ctrl-C, which it gets once it has written something. */
  endless?: boolean;
  /** Exit codes that are answers; 0 where there is none. */
  codes?: number[];
}

const document = (name: string, pools: string) =>
  `printf 'apiVersion: bbf/v1\\nkind: Cluster\\nmetadata: { name: ${name} }\\nspec: { pools: ${pools} }\\n'`;

type Needs = Record<string, Omit<Example, 'line'>>;

const CHANGES = [0, 2];

/** What an example needs; all others run as they are, in the order of help. */
const NEEDS: Needs = {
  'bbf local up && bbf create && bbf build //...': {
    here: (line) => line.replace('local up', 'local up --port=$PORT'),
  },
  'bbf create': { before: 'bbf delete main --yes' },
  'bbf want --workers=2 --pool=arm --cluster=ci': {
    before: `${document('ci', '{ default: {}, arm: {} }')} | bbf apply -f - --no-wait`,
  },
  'bbf apply -f cluster.yaml': { before: `${document('main', '{ default: { workers: 2 } }')} > cluster.yaml` },
  'EDITOR=nano bbf edit': { here: (line) => line.replace('nano', `"sed -i 's/workers: 2/workers: 1/'"`) },
  'bbf leases release want-0a1b2c3d4e5f': {
    before: 'id=$(bbf leases --jq ".items[0].id")',
    here: (line) => line.replace('want-0a1b2c3d4e5f', '$id'),
  },
  'bbf status --watch --json': { endless: true },
  'bbf top --watch': { endless: true },
  'bbf logs server -f': { before: 'bbf want --workers=1', here: (line) => `${line} --since=2h`, endless: true },
  'bbf events -f': { endless: true },
  'bbf keep --for 2h --port=8980': { here: (line) => line.replace('8980', '$FREE'), endless: true },
  'bbf plan': { codes: CHANGES },
  'bbf plan -f cluster.json': { codes: CHANGES },
  'bbf plan -f cluster.json --out plan.json': { codes: CHANGES },
  'bbf doctor --context=bbf-eu-west-3 --json': { here: (line) => line.replace('bbf-eu-west-3', 'local') },
  'bbf completion fish > ~/.config/fish/completions/bbf.fish': { before: 'mkdir -p ~/.config/fish/completions' },
};

const APP = `genrule(name = "app", outs = ["app.sh"], cmd = "echo 'echo ran' > $@", executable = True)`;

/** The same for the README, after help: what stands for something of the reader’s, and what asks before it acts. */
const README_NEEDS: Needs = {
  'bbf local up': { here: (line) => `${line} --port=$PORT` },
  'cd integration/examples/hello': { here: (line) => `cd '${root}' && ${line}` },
  'bbf local down': { here: (line) => `${line} && bbf local up --port=$PORT` },
  'bbf want --workers=N [--pool P]': { here: () => 'bbf want --workers=1 --pool default' },
  'bbf want --max=M': { here: (line) => line.replace('M', '5') },
  'bbf run //:app -- --flag': { before: `echo '${APP.replaceAll("'", "'\\''")}' >> BUILD` },
  'bbf status --watch': { endless: true },
  'bbf logs [server|reconciler|POOL|WORKER] -f': { here: () => 'bbf logs server -f --since=2h', endless: true },
  'bbf explain [POOL]': { here: () => 'bbf explain default' },
  'bbf use CONTEXT': { here: () => 'bbf use local' },
  'bbf edit': { here: (line) => `EDITOR=true ${line}` },
  'bbf apply -f plan.json': {
    before: 'bbf get > cluster.json; bbf plan -f cluster.json --out plan.json || test $? = 2',
  },
  'bbf leases release ID': {
    before: 'bbf want --workers=1 --for=2h --no-wait; id=$(bbf leases --jq ".items[0].id")',
    here: (line) => line.replace('ID', '$id'),
  },
  'bbf suspend --reason=WHY': { here: (line) => `${line} && bbf resume` },
  'bbf bootstrap-policy': { before: 'export AWS_REGION=eu-west-3' },
  'bbf delete main': { here: (line) => `${line} --yes` },
};

/** A file, and the words in it that run such a line there; in the place of words, why no test runs it. */
type Elsewhere = Record<
  string,
  { file: string; words: string; untested?: never } | { file: string; words?: never; untested: string }
>;

/** These need an account of AWS, or change all the others: what runs them instead. */
const ELSEWHERE: Elsewhere = {
  'bbf setup --region=eu-west-3': { file: 'integration/smoke/life.ts', words: "'bbf setup', ['setup'" },
  'bbf teardown --yes': { file: 'integration/end-to-end/lifecycle.test.ts', words: "['teardown', '--yes'" },
  'bbf images release': { file: 'integration/containers/release.test.ts', words: "['images', 'release'" },
  'bbf images release --load --only=worker,worker-dind': {
    file: 'cli/images/load.test.ts',
    words: "['images', 'release', '--load', '--only=worker,worker-dind']",
  },
  'bbf images release --from=staging': { file: 'cli/images/release.test.ts', words: "'--from=staging'" },
};

const MUTANTS = 'it takes hours, and tells how good the tests are';
const SIMULATION = 'of plans, races and planted bugs the tests have a choice, and the whole is started by hand';

const README_ELSEWHERE: Elsewhere = {
  'npm ci && npm run demo': { file: 'integration/demo/demo.ts', untested: 'it is the main job, which main-job tests' },
  'npm ci && npm test': { file: '.ci/run', words: 'npm test' },
  'npm run build && npm link': { file: 'integration/packaging/package.test.ts', words: "npm('install', '-g'" },
  'bbf --local build //...': { file: 'integration/end-to-end/parity.test.ts', words: "before: ['--local'" },
  'bbf --remote_executor=grpcs://HOST:PORT build //...': {
    file: 'integration/end-to-end/parity.test.ts',
    words: '--remote_executor=grpcs://',
  },
  'bbf ca rotate': { file: 'integration/end-to-end/rotation.test.ts', words: "['ca', 'rotate'" },
  'aws s3 cp cluster.json s3://BUCKET/clusters/main/cluster.json': {
    file: 'integration/end-to-end/gitops.test.ts',
    words: "'s3', 'cp'",
  },
  'bbf local up --tasks=docker': {
    file: 'integration/containers/local-up.test.ts',
    words: "['local', 'up', '--tasks=docker'",
  },
  'bbf setup --region=R': { file: 'integration/smoke/life.ts', words: "'bbf setup', ['setup'" },
  'npm run smoke:aws': { file: 'integration/smoke/smoke.test.ts', words: 'integration/smoke/smoke-aws.ts' },
  'bbf teardown': { file: 'integration/end-to-end/lifecycle.test.ts', words: "['teardown'" },
  'npm run simulate -- --seeds 2000 --jobs 2': { file: '.ci/run', words: 'simulate.ts --seeds 2000 --jobs 2' },
  'npm run simulate -- --plans': { file: 'integration/simulation/simulate.ts', untested: SIMULATION },
  'npm run simulate -- --race': { file: 'integration/simulation/simulate.ts', untested: SIMULATION },
  'npm run zoo': { file: 'integration/simulation/zoo/zoo.ts', untested: SIMULATION },
  'npm run mutate': { file: 'stryker.config.json', untested: MUTANTS },
};

const bazel = debianBazel().bazel ?? npmBazel();
let installation: Installation;
let work: string;

beforeAll(async () => {
  installation = await newInstallation();
  const bin = join(installation.directory, 'bin');
  mkdirSync(bin);
  mkdirSync(join(installation.directory, 'home'), { recursive: true });
  writeFileSync(join(bin, 'bbf'), `#!/bin/sh\nexec '${process.execPath}' '${bbfProgram}' "$@"\n`);
  chmodSync(join(bin, 'bbf'), 0o755);
  work = join(installation.directory, 'hello');
  await expectSuccess(run('cp', ['-r', helloWorkspace, work], { env: installation.env }));
  writeShortLived(work, bazel);
  const [free = 0] = await freePorts(1);
  Object.assign(installation.env, {
    PATH: `${bin}:${process.env.PATH}`,
    PORT: String(installation.port),
    FREE: String(free),
    BBF_BAZEL: bazel.path,
  });
});
afterAll(async () => {
  await run('bash', ['-c', 'bbf shutdown'], { cwd: work, env: installation.env });
  await installation.stop();
});

/** What follows is what the example itself answers. */
async function play({ line, here = (same) => same, before = ':', endless = false, codes = [0] }: Example) {
  const script = `set -e\n{ ${before}\n} > /dev/null\n${endless ? 'exec ' : ''}${here(line)}`;
  const expected = endless ? [130] : codes;
  const started = endless
    ? (child: { stdout: NodeJS.ReadableStream | null; kill(signal: NodeJS.Signals): boolean }) => {
        child.stdout?.once('data', () => child.kill('SIGINT'));
      }
    : undefined;
  const result = await run('bash', ['-c', script], { cwd: work, env: installation.env, ...(started && { started }) });
  expect(expected, `${line}\n${result.stdout}\n${result.stderr}`).toContain(result.code);
}

const ofHelp = commands.flatMap(({ examples }) => examples.map(({ line }) => line));

describe.sequential('the examples of help', () => {
  runAll(ofHelp, NEEDS, ELSEWHERE);
});

describe.sequential('the examples of the README', () => {
  runAll(
    readmeLines().filter((line) => !ofHelp.includes(line)),
    README_NEEDS,
    README_ELSEWHERE,
  );
});

function runAll(lines: readonly string[], needs: Needs, elsewhere: Elsewhere): void {
  it.each(lines.filter((line) => elsewhere[line] === undefined))(
    '%s',
    async (line) => {
      await play({ line, ...needs[line] });
    },
    180_000,
  );

  it('that need more than this machine run elsewhere, or there is a reason', () => {
    const wrong = Object.entries(elsewhere).filter(([, { file, words, untested }]) => {
      const path = join(root, file);
      return !existsSync(path) || (untested === undefined && !readFileSync(path, 'utf8').includes(words ?? ''));
    });
    expect(wrong).toEqual([]);
    const named = [...Object.keys(elsewhere), ...Object.keys(needs)];
    expect(named.filter((line) => !lines.includes(line))).toEqual([]);
  });
}
