import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cleanEnvironment, run } from '../integration/installation.ts';
import { bbfProgram } from '../integration/programs.ts';

describe('what V8 made of the daily files', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bbf-kept-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  });
  const bbf = (...args: string[]) =>
    run(process.execPath, [bbfProgram, ...args], { cwd: home, env: cleanEnvironment({ HOME: home }) });
  const folder = () => join(home, '.cache', 'bbf', 'compiled', `daily-${process.version}-${process.arch}`);
  const main = () => join(folder(), 'main.cjs');
  const help = async () => expect((await bbf('help', 'want')).stdout).toContain('bbf want --workers=3');

  it('is kept for the next run, for its owner alone, and then stays as it is', async () => {
    await help();
    expect(readdirSync(folder())).toEqual(['main.cjs']);
    expect(statSync(main()).mode & 0o777).toBe(0o600);
    const { mtimeNs } = statSync(main(), { bigint: true });
    await help();
    expect(statSync(main(), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  it.each([
    ['of other code', (kept: Buffer) => Buffer.concat([Buffer.from('0123456789abcdef'), kept.subarray(16)])],
    ['of another V8', (kept: Buffer) => Buffer.concat([kept.subarray(0, 16), Buffer.alloc(64), kept.subarray(80)])],
    ['of which a part is missing', (kept: Buffer) => kept.subarray(0, kept.length / 2)],
    ['that is empty', () => Buffer.alloc(0)],
  ])('is not used and made anew where there is one %s', async (_what, altered) => {
    await help();
    const whole = readFileSync(main());
    writeFileSync(main(), altered(whole));
    await help();
    expect(readFileSync(main()).length).toBeGreaterThan(whole.length / 2);
    expect(readFileSync(main()).subarray(0, 16)).toEqual(whole.subarray(0, 16));
  });

  it('is not trusted where others could have written it', async () => {
    await help();
    chmodSync(main(), 0o666);
    await help();
    expect(statSync(main()).mode & 0o777).toBe(0o600);
  });

  it('is not kept of a run that failed', async () => {
    expect((await bbf('want')).code).toBe(64);
    expect(existsSync(main())).toBe(false);
  });

  it('is no failure where it can not be kept', async () => {
    writeFileSync(join(home, '.cache'), 'no directory');
    await help();
  });

  it('imports other files and packages as the daily files themselves do', async () => {
    await help();
    expect(await bbf('contexts', '--json', '--jq=.contexts')).toMatchObject({ stdout: '{}\n', stderr: '', code: 0 });
  });
});
