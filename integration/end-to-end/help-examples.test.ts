/** Every example that help shows runs here as it is written, in a shell, against an installation of this machine. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands/all.ts';
import { freePorts } from '../free-ports.ts';
import { expectSuccess, type Installation, newInstallation, run } from '../installation.ts';
import { bbfProgram, debianBazel, helloWorkspace, npmBazel, root } from '../programs.ts';

interface Example {
  /** As help shows it. */
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

/** What an example needs; all others run as they are, in the order of help. */
const NEEDS: Record<string, Omit<Example, 'line'>> = {
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
  'bbf plan': { codes: [0, 2] },
  'bbf plan -f cluster.json': { codes: [0, 2] },
  'bbf plan -f cluster.json --out plan.json': { codes: [0, 2] },
  'bbf doctor --context=bbf-eu-west-3 --json': { here: (line) => line.replace('bbf-eu-west-3', 'local') },
  'bbf completion fish > ~/.config/fish/completions/bbf.fish': { before: 'mkdir -p ~/.config/fish/completions' },
};

/** These need an account of AWS, or change all the others: the tests that run them instead. */
const ELSEWHERE: Record<string, string> = {
  'bbf setup --region=eu-west-3': 'integration/smoke',
  'bbf teardown --yes': 'integration/end-to-end/lifecycle.test.ts',
  'bbf images release': 'cli/images',
  'bbf images release --load --only=worker,worker-dind': 'cli/images',
  'bbf images release --from=staging': 'cli/images',
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

describe.sequential('the examples of help', () => {
  const all = commands.flatMap(({ examples }) => examples.map(({ line }) => line));

  it.each(all.filter((line) => ELSEWHERE[line] === undefined))(
    '%s',
    async (line) => {
      await play({ line, ...NEEDS[line] });
    },
    180_000,
  );

  it('that need more than this machine run elsewhere', () => {
    for (const [line, path] of Object.entries(ELSEWHERE)) {
      expect(all).toContain(line);
      expect(existsSync(join(root, path)), path).toBe(true);
    }
    expect(Object.keys(NEEDS).filter((line) => !all.includes(line))).toEqual([]);
  });

  it('are commands that the README’s table knows as well', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const typed = [...readme.matchAll(/`bbf ([a-z][a-z-]*(?: (?:up|down|env|release|show|rotate))?)/g)].map(
      ([, words = '']) => words,
    );
    const known = commands.map(({ name }) => name);
    const bazels = ['build', 'test', 'run', 'clean'];
    const strange = typed.filter(
      (words) => !known.includes(words) && !known.includes(words.split(' ')[0] ?? '') && !bazels.includes(words),
    );
    expect(strange).toEqual([]);
  });
});
