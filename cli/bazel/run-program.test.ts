/** What `bbf run` holds while the program runs that Bazel has built. */
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import { keepCertificate } from '../testing/kept-certificate.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const RUN = 'BUILD_WORKSPACE_DIRECTORY=$PWD ';
const NOTE =
  'bbf: the program runs, and the lease of this build is released: the cluster sleeps again unless something else wants it\n';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(async () => {
  ({ bucket, program } = current());
  bucket.put(clusterKey('main'), JSON.stringify({ metadata: { name: 'main' }, spec: { pools: { default: {} } } }));
  bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
  await keepCertificate(program);
  script('server', 'touch started; while [ -e hold ]; do sleep 0.05; done; exit 4');
  writeFileSync(path('hold'), '');
});

const path = (name: string) => join(program.directory, name);
function script(name: string, text: string): string {
  writeFileSync(path(name), `#!/bin/sh\nif [ "$1" = --version ]; then echo bazel 6.2.0; exit; fi\n${text}\n`);
  chmodSync(path(name), 0o755);
  return path(name);
}
/** Builds until it is let go on. */
const bazelThatRuns = (how: string) => script('bazel', `while [ ! -e built ]; do sleep 0.05; done; ${how}./server`);
const leases = () => [...bucket.objects.keys()].filter((key) => key.includes('/leases/'));

/** @returns the exit code, once the program was let go on */
function start(bazel: string, ...words: string[]) {
  let looks = 0;
  program.onSleep = () => void looks++;
  const running = dispatch([`--bazel_bin=${bazel}`, ...words, '//:server'], program);
  return {
    runs: () => existsSync(path('started')),
    looks: () => looks,
    /** Once its process has been looked at. */
    built: async () => {
      await expect.poll(leases).toHaveLength(1);
      const before = looks;
      await expect.poll(() => looks).toBeGreaterThan(before + 3);
      writeFileSync(path('built'), '');
    },
    ended: () => {
      rmSync(path('hold'));
      return running;
    },
  };
}

describe.skipIf(process.platform !== 'linux')('the lease of a build', () => {
  it.each([
    ['by itself', () => bazelThatRuns(`${RUN}exec `)],
    [
      'behind Bazelisk',
      () => {
        const bazel = bazelThatRuns(`${RUN}exec `);
        return script('bazelisk', `trap : INT TERM\n${bazel} "$@"\nexit $?`);
      },
    ],
  ])(
    'is given back once the program runs that Bazel started %s, and the exit code is the program’s',
    async (_, bazel) => {
      const bbf = start(bazel(), 'run');
      await bbf.built();
      await expect.poll(bbf.runs).toBe(true);
      await expect.poll(leases).toEqual([]);
      await expect.poll(program.stderr).toBe(NOTE);
      expect(await bbf.ended()).toBe(4);
      expect(program.stderr()).toBe(NOTE);
    },
  );

  it('is given back without a word with --quiet', async () => {
    const bbf = start(bazelThatRuns(`${RUN}exec `), '--quiet', 'run');
    await bbf.built();
    await expect.poll(leases).toEqual([]);
    expect(await bbf.ended()).toBe(4);
    expect(program.stderr()).toBe('');
  });

  it('stays while Bazel builds', async () => {
    const bbf = start(bazelThatRuns(''), 'run');
    await bbf.built();
    await expect.poll(bbf.runs).toBe(true);
    const before = bbf.looks();
    await expect.poll(bbf.looks).toBeGreaterThan(before + 3);
    expect(leases()).toHaveLength(1);
    expect(await bbf.ended()).toBe(4);
    expect(leases()).toEqual([]);
    expect(program.stderr()).toBe('');
  });

  it('stays where no program is run', async () => {
    writeFileSync(path('built'), '');
    const bbf = start(bazelThatRuns(`${RUN}exec `), 'test');
    await expect.poll(bbf.runs).toBe(true);
    expect(leases()).toHaveLength(1);
    expect(await bbf.ended()).toBe(4);
  });

  it('that can not be given back ends by itself, and is spoken of once', async () => {
    const bbf = start(bazelThatRuns(`${RUN}exec `), 'run');
    await bbf.built();
    program.onSleep = () => void bucket.close();
    await expect.poll(program.stderr).toMatch(/^bbf: the program runs, and the lease ends by itself in a while: .+\n$/);
    expect(await bbf.ended()).toBe(4);
    expect(program.stderr().match(/^bbf: /gm)).toHaveLength(1);
  });
});
