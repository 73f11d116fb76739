import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORITY_KEY } from '../../config-schema/keys.ts';
import { Code } from '../../local/farm/wire/status.ts';
import { type Authority, makeAuthority } from '../../reconciler/access/authority.ts';
import type { CertificateProfile } from '../../reconciler/access/signer.ts';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';
import { expectSuccess, type Installation, startInstallation } from '../installation.ts';
import { npmBazel } from '../programs.ts';
import { handshake, identityBy, loopbackPort, MINUTE_MS, outcome } from './callers.ts';
import { bucketOf, statusOf, stolenAuthority } from './cluster.ts';
import { farmProcesses } from './processes.ts';
import { emptyWorkspace, type Workspace } from './workspace.ts';

let installation: Installation;
let workspace: Workspace;
let endpoint: string;
let ours: Authority;
let foreign: Authority;
beforeAll(async () => {
  installation = await startInstallation();
  workspace = emptyWorkspace(installation, tellingBazel());
  await expectSuccess(installation.bbf(['create', 'main']));
  await expectSuccess(installation.bbf(['want', '--workers=1']));
  endpoint = (await statusOf(installation)).endpoint ?? '';
  ours = (await stolenAuthority(installation)).authorities[0] as Authority;
  foreign = await makeAuthority(Date.now(), Date.now());
}, 240_000);
afterAll(async () => {
  await workspace?.shutdown();
  await installation?.stop();
});

const identity = (profile?: Partial<CertificateProfile>, authority = ours): TlsMaterial => ({
  ...identityBy(authority, profile),
  authorities: ours.certificate,
});
const capabilities = (tls: TlsMaterial) =>
  outcome(endpoint, tls, 'build.bazel.remote.execution.v2.Capabilities', 'GetCapabilities');

describe('the running build server', () => {
  // Node's TLS answers a missing certificate with an alert, and hangs up on one that it does not trust.
  const refused: [who: string, tls: () => Partial<TlsMaterial>, how: RegExp][] = [
    [
      'a client without a certificate',
      () => ({ authorities: ours.certificate }),
      /ALERT_CERTIFICATE_REQUIRED|ECONNRESET/,
    ],
    ['a certificate of a foreign authority', () => identity({}, foreign), /closed|ECONNRESET/],
    [
      'an expired certificate of its own authority',
      () => identity({ notAfter: Date.now() - MINUTE_MS }),
      /closed|ECONNRESET/,
    ],
  ];
  it.each(refused)('refuses %s', async (_who, tls, how) => {
    expect(await handshake(endpoint, tls())).toMatch(how);
  });

  it('answers a client of its cluster, at the address that its own certificate names', async () => {
    expect(await handshake(endpoint, identity())).toBe('h2');
    expect(await capabilities(identity())).toBe(Code.OK);
  });

  it('refuses a certificate of another cluster', async () => {
    expect(await capabilities(identity({ cluster: 'other' }))).toBe(Code.PERMISSION_DENIED);
  });

  it('lets no client pass for a worker', async () => {
    const call = (tls: TlsMaterial, method: string) => outcome(endpoint, tls, 'bbf.farm.v1.Workers', method);
    expect(await call(identity(), 'Synchronize')).toBe(Code.PERMISSION_DENIED);
    expect(await call(identity(), 'Finish')).toBe(Code.PERMISSION_DENIED);
    expect(await call(identity({ role: 'worker' }), 'Finish')).toBe(Code.OK);
  });
});

describe('bbf build', () => {
  it('keeps its key to itself, and its way to the farm open only while Bazel runs', async () => {
    workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")');
    const { code, stderr } = await workspace.bbf(['build', '//:a']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/1 remote/);
    const told = readFileSync(join(installation.directory, 'arguments'), 'utf8');
    const port = Number(/--remote_executor=grpc:\/\/127\.0\.0\.1:(\d+)/.exec(told)?.[1]);
    expect(await loopbackPort(port)).toBe('ECONNREFUSED');

    const { XDG_CACHE_HOME, XDG_CONFIG_HOME, HOME } = installation.env;
    const files = [XDG_CACHE_HOME, XDG_CONFIG_HOME, HOME].flatMap((directory) => filesBelow(directory ?? ''));
    const keys = files.filter((path) => readFileSync(path, 'utf8').includes('PRIVATE KEY'));
    expect(keys).toHaveLength(1);
    const [path = ''] = keys;
    expect([modeOf(dirname(path)), modeOf(path)]).toEqual(['700', '600']);
    expect(await capabilities(JSON.parse(readFileSync(path, 'utf8')))).toBe(Code.OK);
  }, 240_000);
});

describe('bbf ca', () => {
  it('shows the authority of the installation, and begins a change that breaks nothing', async () => {
    const show = async () => (await expectSuccess(installation.bbf(['ca', 'show']))).stdout;
    const before = await show();
    const { fingerprint256: fingerprint } = new X509Certificate(ours.certificate);
    expect(before).toMatch(/ signs /);
    expect(before).not.toMatch(/ will sign /);
    expect(before).toContain(fingerprint);
    const refused = await installation.bbf(['ca', 'rotate']);
    expect(refused.code).toBe(64);
    await expectSuccess(installation.bbf(['ca', 'rotate', '--yes']));
    const after = await show();
    expect(after).toContain(fingerprint);
    expect(after).toMatch(/ signs .*\n.* will sign /);
    expect(await capabilities(identity())).toBe(Code.OK);
    const checkup = JSON.parse((await installation.bbf(['doctor', '--json'])).stdout) as { checks: object[] };
    expect(checkup.checks).toContainEqual(expect.objectContaining({ check: 'authorities', state: 'ok' }));
    expect(checkup.checks).toContainEqual(expect.objectContaining({ check: 'servers', state: 'ok' }));
  });
});

describe('an authority that was removed', () => {
  it('has a successor at once, which new tasks alone trust; a build after it gets a new certificate by itself', async () => {
    const old = identityBy(ours);
    await (await bucketOf(installation)).remove(AUTHORITY_KEY);
    for (const kind of ['worker', 'server'] as const)
      for (const pid of farmProcesses(installation, kind)) process.kill(pid, 'SIGKILL');
    workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo new authority > $@")');
    const { code, stderr } = await workspace.bbf(['build', '//:a']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/1 remote/);
    const [successor] = (await stolenAuthority(installation)).authorities as [Authority];
    const { endpoint: now } = await statusOf(installation);
    const authorities = successor.certificate;
    expect(await handshake(now ?? '', { ...identityBy(successor), authorities })).toBe('h2');
    expect(await handshake(now ?? '', { ...old, authorities })).toMatch(/closed|ECONNRESET/);
  }, 240_000);
});

/** Real Bazel that leaves a note of its arguments behind. */
function tellingBazel() {
  const { name, path: bazel } = npmBazel();
  const path = join(installation.directory, 'telling-bazel');
  const note = join(installation.directory, 'arguments');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] || echo "$@" >> '${note}'\nexec '${bazel}' "$@"\n`);
  chmodSync(path, 0o755);
  return { name, path };
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
