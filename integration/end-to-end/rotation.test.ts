import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Authority } from '../../reconciler/access/authority.ts';
import type { Run } from '../installation.ts';
import { until } from '../installation.ts';
import { npmBazel } from '../programs.ts';
import { handshake, identityBy } from './callers.ts';
import { startRotatingFarm } from './rotation.fixture.ts';
import { type Workspace, workspaceIn } from './workspace.ts';

/** As long as renewals leave time on a busy machine; a change takes two of them. */
const LIVES = { certificateMs: 60_000, clockSkewMs: 2_000 };
/** From one short build to the next: ten in each of the two phases, and the machine has time for renewals. */
const PACE_MS = 6_000;
const CHANGE_MS = 2 * (LIVES.certificateMs + LIVES.clockSkewMs);

const workspaces: Workspace[] = [];
function newWorkspace(): Workspace {
  const workspace = workspaceIn(farm.directory, farm.bbf, npmBazel());
  workspaces.push(workspace);
  return workspace;
}

let farm: Awaited<ReturnType<typeof startRotatingFarm>>;
beforeAll(async () => {
  farm = await startRotatingFarm(LIVES);
  farm.startServer('server1');
  farm.startWorker('w1');
  farm.startWorker('w2');
  await farm.untilWorkers(2);
});
afterAll(async () => {
  for (const workspace of workspaces) await workspace.shutdown();
  // A farm that did not start has said why already.
  if (farm === undefined) return;
  await farm.close();
  rmSync(farm.directory, { recursive: true, force: true, maxRetries: 5 });
});

const nameOf = ({ signsFrom }: Authority) => `bbf authority ${signsFrom}`;
const signs = (authority: Authority) => Date.now() >= Date.parse(authority.signsFrom);

/** What the server says to somebody with a certificate of this authority, and one that is good for long. */
function saysTo(authority: Authority): Promise<string> {
  const authorities = farm
    .authorities()
    .map(({ certificate }) => certificate)
    .join('');
  return handshake(farm.endpoint, { ...identityBy(authority), authorities });
}

describe('bbf ca rotate over a running farm', () => {
  it('fails no build, and forgets the old authority only when its last certificate is over', async () => {
    const workspace = newWorkspace();
    const go = join(farm.directory, 'go');
    const rule = (name: string, command: string) =>
      `genrule(name = "${name}", outs = ["${name}.txt"], cmd = "${command}; echo > $@")`;
    workspace.write('BUILD', rule('first', 'true'));
    const first = await workspace.bbf(['build', '//:first']);
    expect(first.code, first.stderr).toBe(0);
    const [old] = farm.authorities() as [Authority];

    const told = await farm.bbf(['ca', 'rotate', '--yes']);
    expect(told.stdout, told.stderr).toMatch(/a new certificate authority is made/);
    const [, young] = farm.authorities() as [Authority, Authority];
    const forgottenAt = Date.parse(young.signsFrom) + CHANGE_MS / 2;

    // One build from before the new one signs until after the old one is forgotten…
    const long = newWorkspace();
    long.write('BUILD', rule('long', `while [ ! -e ${go} ]; do sleep 0.1; done`));
    const longRun = long.bbf(['build', '//:long']);
    // … many short ones, …
    const runs: Run[] = [];
    let going = true;
    const letGo = () => {
      writeFileSync(go, '');
      going = false;
    };
    // Bazel would wait for what is held before it shuts down, also where something went wrong.
    onTestFinished(letGo);
    const short = (async () => {
      for (let n = 0; going; n += 1) {
        workspace.write('BUILD', rule(`short${n}`, `echo ${n}`));
        runs.push(await workspace.bbf(['build', `//:short${n}`]));
        const next = Date.now() + PACE_MS;
        await until('the next build is due', () => (Date.now() > next || !going ? true : undefined));
      }
    })();

    // … and workers and a server that come in every phase.
    await until('a build has begun', () => (runs.length > 0 ? true : undefined));
    farm.startWorker('w3');
    await farm.untilWorkers(3);
    await until('the new one signs', () => (signs(young) ? true : undefined));
    const said = await saysTo(old);
    expect(Date.now(), 'too slow: the old one is forgotten already').toBeLessThan(forgottenAt);
    expect(said).toBe('h2');
    farm.startWorker('w4');
    await farm.untilWorkers(4);
    await until('the old one is forgotten', () => (Date.now() > forgottenAt ? true : undefined));
    farm.startWorker('w5');
    await farm.untilWorkers(5);
    await until('the server forgets the old one', async () => ((await saysTo(old)) === 'h2' ? undefined : true));
    expect(await saysTo(young)).toBe('h2');
    letGo();
    await short;
    const longEnd = await longRun;

    expect(longEnd.code, longEnd.stderr).toBe(0);
    for (const { code, stderr } of runs) expect(code, stderr).toBe(0);
    expect(runs.length).toBeGreaterThanOrEqual(5);
    const issuers = (role: string) =>
      new Set(farm.issued.filter((one) => one.role === role).map(({ issuer }) => issuer));
    for (const role of ['client', 'server', 'worker'])
      expect([role, ...issuers(role)]).toEqual([role, nameOf(old), nameOf(young)]);
    const lastOfOld = Math.max(
      ...farm.issued.filter(({ issuer }) => issuer === nameOf(old)).map(({ notAfter }) => notAfter),
    );
    expect(lastOfOld).toBeLessThanOrEqual(forgottenAt);
    const shown = await farm.bbf(['ca', 'show']);
    expect(shown.stdout).toMatch(new RegExp(`${nameOf(young)} +signs `));
    expect(shown.stdout).not.toContain(nameOf(old));
  }, 360_000);
});
