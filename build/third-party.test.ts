import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleOptions, dist, root } from './options.ts';
import { bundledPackages, thirdPartyLicenses } from './third-party.ts';

const folder = mkdtempSync(join(tmpdir(), 'bbf-licences-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package with these files. */
function packageOf(name: string, manifest: object, files: Record<string, string> = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}
const manifestOf = (name: string) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));

describe('dist/THIRD-PARTY-LICENSES', () => {
  const shipped = readFileSync(join(dist, 'THIRD-PARTY-LICENSES'), 'utf8');

  it.each([
    ['@aws-sdk/client-s3', 'Version 2.0, January 2004'],
    ['ajv', 'Copyright (c) 2015-2021 Evgeny Poberezkin'],
    ['node-forge', 'Copyright (c) 2010, Digital Bazaar, Inc.'],
    ['@grpc/grpc-js', 'Version 2.0, January 2004'],
    ['protobufjs', 'Copyright (c) 2016, Daniel Wirtz'],
    ['yaml', 'Copyright Eemeli Aro'],
  ])('has %s, its version and its licence', (name, words) => {
    const { version, license } = manifestOf(name);
    const part = shipped.split(/^-{80}$/m).find((text) => text.includes(`\n${name} ${version} (${license})\n`));
    expect(part).toContain(words);
  });

  it.each([['reconciler/lambda.ts'], ['local/cloud/main.ts'], ['local/farm/worker-main.ts']])(
    'has each package that is in the bundle of %s',
    async (entry) => {
      const loaded = new Set<string>();
      const { outputFiles } = await build({
        ...bundleOptions,
        entryPoints: [entry],
        minify: false,
      });
      // Each module begins with a comment that says where it is from.
      for (const [, name = ''] of outputFiles[0]?.text.matchAll(
        /^ *\/\/ .*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm,
      ) ?? [])
        loaded.add(name);
      expect(loaded.size).toBeGreaterThan(5);
      expect([...loaded].filter((name) => !shipped.includes(`\n${name} `))).toEqual([]);
    },
  );

  it('has none that is only needed to build', () => {
    expect(shipped).not.toMatch(/^(esbuild|typescript|vitest|@bazel\/bazel) /m);
  });
});

describe('the licences of packages', () => {
  it('are there once where several have the same', async () => {
    const text = await thirdPartyLicenses([
      packageOf('a', { license: 'MIT' }, { LICENSE: 'Be kind.' }),
      packageOf('b', { license: 'MIT' }, { 'license.md': 'Be\r\nkind.\n' }),
      packageOf('c', { license: 'ISC' }, { LICENCE: 'Be quick.', NOTICE: 'By C.' }),
    ]);
    expect(text.split(/^-{80}\n/m).slice(1)).toEqual([
      '\na 1.2.3 (MIT)\nb 1.2.3 (MIT)\n\nBe kind.\n\n',
      '\nc 1.2.3 (ISC)\n\nBe quick.\nBy C.\n',
    ]);
  });

  it('are the standard ones where a package comes without', async () => {
    const text = await thirdPartyLicenses([packageOf('d', { license: 'MIT', author: { name: 'Ann' } })]);
    expect(text).toContain('Copyright (c) Ann\n\nPermission is hereby granted');
  });

  it('must be known', async () => {
    const unlicensed = packageOf('e', { license: 'SEE WEBSITE' });
    await expect(thirdPartyLicenses([unlicensed])).rejects.toThrow(
      'e has no text of a licence, and “SEE WEBSITE” is none',
    );
  });
});

it('a package counts by what came into the output, the innermost one', () => {
  const inputs = {
    'node_modules/a/x.js': { bytesInOutput: 1 },
    'node_modules/@b/c/node_modules/d/x.js': { bytesInOutput: 1 },
    'node_modules/unused/x.js': { bytesInOutput: 0 },
    'cli/main.ts': { bytesInOutput: 1 },
  };
  const output = { inputs, bytes: 2, imports: [], exports: [] };
  expect(bundledPackages([{ inputs: {}, outputs: { 'x.mjs': output } }])).toEqual([
    'node_modules/@b/c/node_modules/d',
    'node_modules/a',
  ]);
});
