/** What every Dockerfile here keeps to, read from the files themselves: building them takes a Docker engine and the registries of their bases. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type From } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { dockerfileOf, images } from '../cli/images/image-list.ts';

const root = join(import.meta.dirname, '..');
/** Made by `npm run build`. */
const BUILT = 'dist';
/** What Buildfarm's images have at their place (Buildfarm 2.15, container/defs.bzl and ci/base-worker-image). */
const IN_BASES = [
  '/tini',
  '/app/build_buildfarm/buildfarm-server_deploy.jar',
  '/app/build_buildfarm/buildfarm-shard-worker_deploy.jar',
];

const there = images.filter((image) => existsSync(join(root, dockerfileOf(image))));

it('every folder with a Dockerfile is an image of the list, or made for tests alone', () => {
  const folders = readdirSync(join(root, 'images'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'images', entry.name, 'Dockerfile')))
    .map(({ name }) => name);
  const known = [...images.map(({ name }) => name), 'farm'];
  expect(folders.filter((name) => !known.includes(name))).toEqual([]);
});

describe.each(there.map((image) => [image.name, image] as const))('the Dockerfile of %s', (_, image) => {
  const dockerfile = DockerfileParser.parse(readFileSync(join(root, dockerfileOf(image)), 'utf8'));
  const instructions = dockerfile.getInstructions();
  const wordsOf = (keyword: string) =>
    instructions
      .filter((instruction) => instruction.getKeyword() === keyword)
      .map((instruction) => instruction.getArguments().map((argument) => argument.getValue()));
  const defaults = new Map(
    dockerfile.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );

  it('begins with a sentence on what it is', () => {
    expect(dockerfile.getComments()[0]?.getContent()).toMatch(/\S+ \S+/);
  });

  it('stands on bases that an argument names, by a tag that stays', () => {
    const froms = dockerfile.getFROMs().map((from: From) => from.getImage() ?? '');
    expect(froms.length).toBeGreaterThan(0);
    for (const from of froms) {
      const argument = /^\$\{(\w+)\}$/.exec(from)?.[1];
      const base = defaults.get(argument ?? '') ?? '';
      expect(base, `FROM ${from}`).toMatch(/:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
      expect(base).not.toContain('latest');
    }
  });

  it('copies what is there, and programs that may be run', () => {
    for (const words of wordsOf('COPY')) {
      if (words[0]?.startsWith('--from=')) continue;
      for (const source of words.slice(0, -1)) {
        const path = join(root, image.context, source);
        if (image.context === BUILT && !existsSync(path)) continue;
        expect(existsSync(path), `COPY ${source}`).toBe(true);
        if (source.endsWith('.sh')) expect(statSync(path).mode & 0o111, `${source} is executable`).toBe(0o111);
      }
    }
  });

  it('starts a program that it has copied or that its base has', () => {
    const placed = wordsOf('COPY').flatMap((words) => {
      const target = words.at(-1) ?? '';
      return target.endsWith('/') ? words.slice(0, -1).map((source) => target + source.split('/').at(-1)) : [target];
    });
    const started = [...dockerfile.getENTRYPOINTs(), ...dockerfile.getCMDs()].flatMap((instruction) =>
      instruction.getJSONStrings().map((text) => text.getJSONValue()),
    );
    const strangers = started.filter((word) => word.startsWith('/') && ![...placed, ...IN_BASES].includes(word));
    expect(strangers).toEqual([]);
    if (!image.from) expect(started.length).toBeGreaterThan(0);
  });

  it('leaves no list of packages behind', () => {
    const installs = wordsOf('RUN')
      .map((words) => words.join(' '))
      .filter((line) => line.includes('apt-get install'));
    for (const line of installs) expect(line).toContain('rm -rf /var/lib/apt/lists');
  });
});
