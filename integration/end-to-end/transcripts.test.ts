/** What people see of the built program with real Bazel: whole screens in a terminal, and whole outputs without one. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Installation, startInstallation } from '../installation.ts';
import { bbfProgram, debianBazel, npmBazel } from '../programs.ts';
import { untilStatus } from './cluster.ts';
import { CTRL_C, missingScript, normalised, openTerminal } from './terminal.ts';
import { emptyWorkspace, type Workspace } from './workspace.ts';

const bazel = debianBazel().bazel ?? npmBazel();
const QUIET_BAZEL = ['--color=no', '--curses=no', '--noshow_progress'];
/** Begins colours and cursor movements: no output without a terminal may have it. */
const CONTROL = '\u001b';
const REDRAWN = new RegExp(`${CONTROL}\\[\\dA\r${CONTROL}\\[K`);
const COLOR = new RegExp(`${CONTROL}\\[[\\d;]*m`);

let installation: Installation;
let workspace: Workspace;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create', '--no-wait']));
  workspace = emptyWorkspace(installation, bazel);
  const held = `while [ ! -e ${join(workspace.directory, 'go')} ]; do sleep 0.1; done; echo a > $@`;
  workspace.write('BUILD', `genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")\n${rule('held', held)}`);
  // Bazel's server has started, and says no more that it does.
  await expectSuccess(workspace.bbf(['query', '//:a']));
}, 180_000);
afterAll(async () => {
  await workspace?.shutdown();
  await installation?.stop();
});

const rule = (name: string, cmd: string) => `genrule(name = "${name}", outs = ["${name}.txt"], cmd = "${cmd}")`;

/** A cluster of its own at zero, so that the next build has to wait. */
async function clusterAtZero(name: string): Promise<void> {
  await expectSuccess(installation.bbf(['create', name]));
}

const inTerminal = (args: string[], env: Record<string, string> = {}) =>
  openTerminal([process.execPath, bbfProgram, ...args], {
    env: { ...installation.env, BBF_BAZEL: bazel.path, ...env },
    cwd: workspace.directory,
  });

/** As `workspace.bbf` starts them: with a Bazel server of the test's own. */
const builds = (cluster: string, target: string, ...own: string[]) => [
  `--cluster=${cluster}`,
  ...own,
  ...workspace.startup,
  'build',
  ...QUIET_BAZEL,
  target,
];

const isBazels = (line: string) => /^(INFO|Target|WARNING|Loading|Analyzing|ERROR|Starting| {2}bazel-|$)/.test(line);
const ofBbf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(normalised)
    .filter((line) => !isBazels(line));

/** What a cluster that comes up may say on the way; which of it is seen depends on when one looks. */
const ON_THE_WAY = [
  // Its title once more, with the estimate that came meanwhile.
  /^waiting for cluster \w+$/,
  /^ {2}\.\.\. {2}reconciler: has not (looked yet|seen this (build|revision) yet) \[TIME\]$/,
  /^ {2}\.\.\. {2}reconciler: (stack \S+ is being (created|updated)|ECS is told to run \d instead of \d tasks|default \d\/\d|the farm has not reported yet) \[TIME\]$/,
  /^ {2}wait server: no server runs: nothing is wanted \[TIME\]$/,
  /^ {2}(\.\.\.|wait) {1,2}server: (the server is starting|runs, and does not report yet) \[TIME\]$/,
  /^ {2}\.\.\. {2}pool default: 0 of 1 workers ready( \(1 starting\))?(: .*)? \[TIME\]$/,
];

/** The first build on a cluster has no certificate yet. */
const asking = (cluster: string) => `bbf: asking the reconciler for a certificate for ${cluster}`;

if (missingScript !== undefined) console.warn(`skipped in a terminal: ${missingScript}`);

describe.skipIf(missingScript !== undefined)('in a terminal', () => {
  it('a build that waits is a tree in colour, drawn over itself, and Bazel’s output follows what it has become', async () => {
    await clusterAtZero('tree');
    const terminal = inTerminal(builds('tree', '//:a'));
    expect(await terminal.ended).toBe(0);
    const lines = (await terminal.lines()).map(normalised);
    expect(lines.filter((line) => !isBazels(line))).toEqual([
      asking('tree'),
      'waiting for cluster tree',
      '  ✔ certificate: good until INSTANT [TIME]',
      '  ✔ server: serves at ADDRESS [TIME]',
      '  ✔ pool default: 1 of 1 workers ready [TIME]',
    ]);
    expect(lines.at(-1)).toMatch(/^INFO: /);
    expect(terminal.raw()).toContain(`${CONTROL}[32m✔${CONTROL}[39m server`);
    expect(terminal.raw()).toMatch(REDRAWN);
  });

  it('Ctrl-C while a build waits says what is left of it, and takes its lease back', async () => {
    await clusterAtZero('left');
    const terminal = inTerminal(builds('left', '//:a', '--workers=3'));
    await terminal.shows(/^waiting for cluster left/);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect((await terminal.lines()).join('').replaceAll(/\s+/g, ' ')).toMatch(
      /bbf: stopped by SIGINT; Bazel had not started, and the lease of this build is released: the cluster sleeps again unless something else wants it$/,
    );
    expect((await expectSuccess(installation.bbf(['leases', 'left', '--jq=.items|length']))).stdout).toBe('0\n');
  });

  it('Ctrl-C while an edit waits says that the edit goes on; NO_COLOR leaves the tree and takes the colours', async () => {
    await clusterAtZero('wanted');
    const terminal = inTerminal(['want', '--workers=1', '--cluster=wanted'], { NO_COLOR: '1' });
    await terminal.shows(/^waiting for cluster wanted/);
    await expect.poll(terminal.raw).toMatch(REDRAWN);
    terminal.type(CTRL_C);
    const code = await terminal.ended;
    const lines = (await terminal.lines()).map(normalised);
    expect(code).toBe(130);
    expect(terminal.raw()).not.toMatch(COLOR);
    expect(lines[0]).toBe('pools.default.workers: (unset) → 1');
    expect(lines[1]).toBe('revision REVISION');
    expect(lines.join('').replaceAll(/\s+/g, ' ')).toMatch(
      /bbf: stopped by SIGINT; what was asked for goes on without waiting for it: bbf status --watch --cluster=wanted$/,
    );
    await expectSuccess(installation.bbf(['want', '--workers=1', '--cluster=wanted']));
  });

  it('Ctrl-C while Bazel runs is Bazel’s own, and its lease ends with it', async () => {
    await clusterAtZero('held');
    const terminal = inTerminal(builds('held', '//:held'));
    await untilStatusOf('held', 'a worker is busy', ({ leases }) => leases.length > 0);
    await terminal.shows(/^INFO: (Found 1 target|Analyzed)/);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(8);
    expect((await terminal.lines()).filter((line) => line.startsWith('bbf:'))).toEqual([asking('held')]);
    expect((await expectSuccess(installation.bbf(['leases', 'held', '--jq=.items|length']))).stdout).toBe('0\n');
  });

  it('status --watch is the screen of status, until Ctrl-C', async () => {
    await clusterAtZero('watched');
    const terminal = inTerminal(['status', 'watched', '--watch']);
    await terminal.shows(/^ {2}revision /);
    const shown = await terminal.lines();
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    const once = (await expectSuccess(installation.bbf(['status', 'watched']))).stdout.trimEnd().split('\n');
    const still = (lines: string[]) => lines.map((line) => normalised(line).replaceAll(/\d+\.\d{6}/g, 'USD'));
    expect(still(shown)).toEqual(still(once));
    expect((await terminal.lines()).filter((line) => line.startsWith('bbf:'))).toEqual([]);
  });

  it('delete asks, keeps the cluster without a yes, and deletes it with one', async () => {
    await expectSuccess(installation.bbf(['create', 'gone', '--no-wait']));
    const question = 'this deletes cluster gone of context local with its cache. Go on? (yes/no)';
    const no = inTerminal(['delete', 'gone']);
    await no.shows(/Go on\?/);
    no.type('no\r');
    expect(await no.ended).toBe(64);
    expect(await no.lines()).toEqual([
      `${question} no`,
      'bbf: error: nothing was changed: the answer was not yes',
      '  try: bbf delete gone, and answer yes',
    ]);
    const yes = inTerminal(['delete', 'gone', '--no-wait']);
    await yes.shows(/Go on\?/);
    yes.type('yes\r');
    expect(await yes.ended).toBe(0);
    expect((await yes.lines())[0]).toBe(`${question} yes`);
  });

  it('edit opens the editor on the terminal, again with what is wrong, and writes what is right', async () => {
    const editor = join(installation.directory, 'editor');
    const tried = join(installation.directory, 'tried');
    writeFileSync(
      editor,
      `#!/bin/sh\ntest -t 0 || exit 9\nif [ -e ${tried} ]; then grep '^#' "$1"; sed -i 's/worker: 2/workers: 2/' "$1"; else touch ${tried}; sed -i 's/default: {}/default: { worker: 2 }/' "$1"; fi\n`,
      { mode: 0o755 },
    );
    await expectSuccess(installation.bbf(['create', 'edited', '--no-wait']));
    const terminal = inTerminal(['edit', 'edited', '--no-wait'], { EDITOR: editor });
    expect(await terminal.ended).toBe(0);
    expect(existsSync(tried)).toBe(true);
    const lines = (await terminal.lines()).map(normalised);
    expect(lines).toEqual([
      '# this would not be valid; correct it, or leave it as it is to give up',
      '# /spec/pools/default/worker (line 13): there is no field "worker" here: 2; expected one of workers,',
      ' workersMax, cpu, memoryMiB, diskGiB, slots, architecture, capacity, onDemandBase, platform',
      'pools.default.workers: (unset) → 2',
      'revision REVISION',
    ]);
  });
});

describe('without a terminal', () => {
  it('a build that waits is one line for each change, on stderr alone', async () => {
    await clusterAtZero('lines');
    const { stdout, stderr } = await expectSuccess(
      workspace.bbf(['build', ...QUIET_BAZEL, '//:a'], { before: ['--cluster=lines'] }),
    );
    expect(stdout).toBe('');
    expect(stderr).not.toContain(CONTROL);
    const lines = ofBbf(stderr);
    expect(lines.slice(0, 2)).toEqual([asking('lines'), 'waiting for cluster lines']);
    const last = [
      '  ok   certificate: good until INSTANT [TIME]',
      '  ok   server: serves at ADDRESS [TIME]',
      '  ok   pool default: 1 of 1 workers ready [TIME]',
    ];
    for (const line of last) expect(lines).toContain(line);
    const others = lines.slice(2).filter((line) => !last.includes(line));
    for (const line of others)
      expect(
        ON_THE_WAY.some((form) => form.test(line)),
        line,
      ).toBe(true);
    expect(lines.at(-1)).toBe(last.at(-1));
  });

  it('--quiet says nothing of its own', async () => {
    await clusterAtZero('quiet');
    const { stdout, stderr } = await expectSuccess(
      workspace.bbf(['build', ...QUIET_BAZEL, '//:a'], { before: ['--cluster=quiet', '--quiet'] }),
    );
    expect([stdout, ofBbf(stderr)]).toEqual(['', []]);
  });

  it('delete and edit say what they need, and change nothing', async () => {
    const refused = await installation.bbf(['delete', 'lines']);
    expect(refused).toMatchObject({ code: 64, stdout: '' });
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      'bbf: error: this deletes cluster lines of context local with its cache: this needs a yes, and there is no terminal to ask on',
      '  try: bbf delete lines --yes',
    ]);
    const edit = await installation.bbf(['edit', 'lines'], { env: { EDITOR: '', VISUAL: '' } });
    expect(edit).toMatchObject({ code: 64, stdout: '' });
    expect(edit.stderr.trimEnd().split('\n')).toEqual([
      'bbf: error: bbf edit opens vi, and there is no terminal for it',
      '  try: bbf get lines -o yaml > lines.yaml, then bbf apply -f lines.yaml; or set EDITOR',
    ]);
  });
});

const untilStatusOf = (cluster: string, what: string, check: Parameters<typeof untilStatus>[2]) =>
  untilStatus(installation, what, check, undefined, cluster);
