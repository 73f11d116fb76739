import { X509Certificate } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AUTHORITY_KEY } from '../../config-schema/keys.ts';
import { accessPorts } from '../../reconciler/access/document-ports.ts';
import { PERSON, serveFunctionUrl } from '../../reconciler/access/function-url.fixture.ts';
import { memoryDocuments } from '../../reconciler/access/memory-documents.fixture.ts';
import { installationKey } from '../access/function-url.ts';
import { writePrivate } from '../access/private-file.ts';
import { openInstallation } from '../context/installation.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../testing/program-double.ts';

const HOUR = 3_600_000;

let program: ProgramDouble;
let objects: Map<string, string>;
/** Of the next POST. */
let isLost: boolean;
beforeEach(async () => {
  program = programDouble();
  const memory = memoryDocuments();
  objects = memory.objects;
  const ports = accessPorts({
    documents: memory.documents,
    task: async () => null,
    now: program.now,
    log: { info: () => {}, error: () => {} },
  });
  isLost = false;
  const losesOnce = (method: string) => {
    const loses = isLost && method === 'POST';
    isLost &&= !loses;
    return loses;
  };
  const { url, close } = await serveFunctionUrl(ports, () => PERSON, losesOnce);
  onTestFinished(() => {
    close();
    rmSync(program.directory, { recursive: true, force: true });
  });
  await chooseContext(program, url);
  const key = installationKey(await openInstallation(program, undefined));
  await writePrivate(join(program.settings.cacheDirectory, 'functions', `${key}.json`), { url });
});

interface Shown {
  kind: string;
  items: { name: string; fingerprint: string; state: string; signsFrom: string; trustedUntil: string | null }[];
}

/** stdout of one run. */
async function bbf(...argv: string[]): Promise<string> {
  const before = program.stdout().length;
  expect(await dispatch(argv, program)).toBe(0);
  return program.stdout().slice(before);
}
const shown = async () => JSON.parse(await bbf('ca', 'show', '--json')) as Shown;
const states = async () => (await shown()).items.map(({ state }) => state);
const pass = (ms: number) => program.sleep(ms);

describe('bbf ca show', () => {
  it('names the one that signs, its fingerprint and its dates, and no key', async () => {
    const text = await bbf('ca', 'show');
    expect(text).toMatch(/^NAME +STATE +SIGNS FROM +TRUSTED UNTIL +ENDS\n/);
    expect(text).toMatch(
      /bbf authority 2026-01-01T00:00:00.000Z +signs +2026-01-01 00:00Z +\(no successor\) +2035-12-30/,
    );
    const { kind, items: authorities } = await shown();
    expect(kind).toBe('Authorities');
    const stored = JSON.parse(objects.get(AUTHORITY_KEY) ?? '') as { authorities: { certificate: string }[] };
    const { fingerprint256 } = new X509Certificate(stored.authorities[0]?.certificate ?? '');
    expect(authorities).toMatchObject([{ state: 'signing', fingerprint: fingerprint256, trustedUntil: null }]);
    expect(text).toContain(fingerprint256);
    expect(program.stdout()).not.toMatch(/PRIVATE/);
  });
});

describe('bbf ca rotate', () => {
  it('asks first', async () => {
    await expect(dispatch(['ca', 'rotate'], program)).rejects.toMatchObject({ exitCode: exitCodes.usage });
    expect(await states()).toEqual(['signing']);
  });

  it('says when the new one signs and the old one is gone, and a second call that one is on its way', async () => {
    const first = await bbf('ca', 'rotate', '--yes');
    expect(first).toMatch(/a new certificate authority is made/);
    expect(first).toMatch(/signs from +2026-01-02 00:05Z \(in 1d 0h\)/);
    expect(first).toMatch(/old one is gone +2026-01-03 00:10Z \(in 2d 0h\)/);
    await pass(HOUR);
    const second = await bbf('ca', 'rotate');
    expect(second).toMatch(/on its way already; nothing was changed/);
    expect(second).toMatch(/2026-01-02 00:05Z \(in 23h 05m\)/);
  });

  it('says that a new one is made where the first answer is lost', async () => {
    isLost = true;
    expect(await bbf('ca', 'rotate', '--yes')).toMatch(/a new certificate authority is made/);
    expect(isLost).toBe(false);
    expect(await states()).toEqual(['signing', 'waiting']);
  });

  it('goes its way by the clock alone', async () => {
    await bbf('ca', 'rotate', '--yes');
    expect(await states()).toEqual(['signing', 'waiting']);
    await pass(24 * HOUR + 5 * 60_000);
    expect(await states()).toEqual(['replaced', 'signing']);
    await pass(24 * HOUR + 5 * 60_000 - 1);
    expect(await states()).toEqual(['replaced', 'signing']);
    await pass(1);
    expect(await states()).toEqual(['signing']);
  });
});
