/** Whose code is in the bundles, and on which terms: each package by name and version, with the text of its licence. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import licenses from 'spdx-license-list/full.js';
import { root } from './options.ts';

/** Folders of the packages of which code came into an output, relative to the repository. A package inside another is one of its own. */
export function bundledPackages(metafiles: readonly Metafile[]): string[] {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => Object.entries(output.inputs)),
  );
  const folders = inputs.flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []) : [],
  );
  return [...new Set(folders)].sort();
}

/** A text that several packages have in common is there once, under the names of all of them. @throws Error where one has no licence */
export async function thirdPartyLicenses(folders: readonly string[]): Promise<string> {
  const texts = new Map<string, { titles: string[]; text: string }>();
  for (const { title, text } of await Promise.all(folders.map((folder) => licenseOf(resolve(root, folder))))) {
    const words = text.replaceAll(/\s+/g, ' ');
    const same = texts.get(words) ?? { titles: [], text };
    texts.set(words, { ...same, titles: [...same.titles, title] });
  }
  const parts = [...texts.values()].map(({ titles, text }) => `${titles.join('\n')}\n\n${text}\n`);
  return [`What the programs of bbf hold of others, and on which terms.\n`, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name?: string };
}

async function licenseOf(folder: string): Promise<{ title: string; text: string }> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license = '' } = manifest;
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts.length > 0 ? texts.join('\n') : standardText(manifest);
  return { title: `${name} ${version} (${license})`, text: text.replaceAll('\r\n', '\n').trim() };
}

/** Of a package that names its licence and comes without the text. */
function standardText({ name, license = '', author }: Manifest): string {
  const text = licenses[license]?.licenseText;
  if (text === undefined) throw new Error(`${name} has no text of a licence, and “${license}” is none of SPDX’s list`);
  const holder = typeof author === 'string' ? author : author?.name;
  return text.replace('<year> <copyright holders>', holder ?? `the authors of ${name}`);
}
