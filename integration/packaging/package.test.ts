/** The packed tarball, installed as a user installs it, on every Node that bbf supports. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { cleanEnvironment, expectSuccess, run } from '../installation.ts';
import { root } from '../programs.ts';

const directory = mkdtempSync(join(tmpdir(), 'bbf-package-'));
const env = cleanEnvironment({ HOME: directory, npm_config_cache: join(directory, 'npm') });
const npm = (...args: string[]) => run('npm', args, { cwd: directory, env });
const installed = join(directory, 'global', 'lib', 'node_modules', 'bbf');

beforeAll(async () => {
  // dist/ is there already, as for every other test.
  await expectSuccess(npm('pack', root, '--ignore-scripts', '--pack-destination', directory));
  const tarball = readdirSync(directory).find((file) => file.endsWith('.tgz')) ?? '';
  await expectSuccess(npm('install', '-g', '--prefix', join(directory, 'global'), join(directory, tarball)));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A Node of that version from its own package; undefined where the registry is out of reach. */
async function node(major: number): Promise<string | undefined> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const prefix = join(directory, `node-${major}`);
  const { code } = await npm('install', '--prefix', prefix, `node-${process.platform}-${process.arch}@${major}`);
  const path = join(prefix, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (code === 0 && existsSync(path)) return path;
  console.warn(`skipped with Node ${major}: its package could not be had`);
  return undefined;
}

describe('the package', () => {
  it('needs no build step, no native code and no SDK beside it', () => {
    const { scripts = {}, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(Object.keys(dependencies)).toEqual(['jq-wasm']);
    const files = readdirSync(installed, { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
    expect(files.filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))).toEqual([]);
  });

  it('has everything that its pages link to, and every page that bbf names', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
      (file) => !file.startsWith('node_modules'),
    );
    const textOf = (file: string) => readFileSync(join(installed, file), 'utf8');
    const linked = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((page) =>
        [...textOf(page).matchAll(/\]\(([^):#]+)(#[^)]*)?\)/g)].map(([, to = '']) => join(dirname(page), to)),
      );
    const named = files
      .filter((file) => /^dist.*\.[cm]js$/.test(file))
      .flatMap((bundle) => [...textOf(bundle).matchAll(/\b(docs\/[a-z0-9/-]+\.md)/g)].map(([, page = '']) => page));
    const pages = [...new Set([...linked, ...named])];
    expect(pages).toEqual(expect.arrayContaining(['ARCHITECTURE.md', 'docs/migration.md', 'docs/access.md']));
    expect(pages.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });

  it('puts bbf and its manual page where npm puts them', () => {
    const bin = join(directory, 'global', 'bin', 'bbf');
    expect(statSync(bin).mode & 0o111).not.toBe(0);
    expect(existsSync(join(directory, 'global', 'share', 'man', 'man1', 'bbf.1'))).toBe(true);
  });
});

describe.each([20, 22, 24])('installed, on Node %i', (major) => {
  it('starts, and runs a local cloud with a cluster in it', async ({ skip }) => {
    const program = await node(major);
    if (program === undefined) return skip();
    const home = join(directory, `home-${major}`);
    const bbf = (...args: string[]) =>
      run(program, [join(installed, 'dist', 'bbf.cjs'), ...args], { cwd: directory, env: { ...env, HOME: home } });
    const said = await expectSuccess(bbf('--version'));
    expect(said.stdout).toMatch(/^bbf \d+\.\d+\.\d+\n$/);
    expect(said.stderr).toBe('');
    const [port] = await freePorts(1);
    await expectSuccess(bbf('local', 'up', `--port=${port}`));
    try {
      await expectSuccess(bbf('create', '--workers=1'));
      const { stdout, stderr } = await expectSuccess(bbf('status', '--jq=.pools.default.running'));
      expect([stdout, stderr]).toEqual(['1\n', '']);
      const doctor = await bbf('doctor');
      expect(doctor.code, doctor.stdout + doctor.stderr).toBe(0);
    } finally {
      await bbf('local', 'down', '--delete-data', '--yes');
    }
  });
});
