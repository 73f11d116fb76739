/** A docker command that keeps state in a file: who logged in, what was built, what a registry has. It refuses what Docker refuses. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dockerfileOf, images } from './image-list.ts';

interface DockerState {
  buildx: boolean;
  /** Of the builder that buildx takes where none is named. The engine's own is `docker`, and has the name `here`. */
  driver: 'docker' | 'docker-container';
  engine: boolean;
  /** Of a program that a held build runs. */
  held?: number;
  /** Passwords by registry. */
  logins: Record<string, string>;
  /** Digests by reference, of images that others have published. */
  bases: Record<string, string>;
  /** By reference, in the engine. */
  built: Record<string, Build>;
  /** By reference, in the registry, with digests. */
  pushed: Record<string, Build & { digest: string }>;
}
interface Build {
  file: string;
  context: string;
  base?: string;
  /** Of the image that it copies Node from. */
  node?: string;
  platform?: string;
  /** With what buildx says of how it was built, which is a manifest beside the image's. */
  attested?: boolean;
}

const PROGRAM = `#!/usr/bin/env node
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const { spawn } = require('node:child_process');
const path = require('node:path');
const stateFile = path.join(__dirname, 'state.json');
const state = JSON.parse(readFileSync(stateFile, 'utf8'));
const fail = (text, code = 1) => { process.stderr.write(text + '\\n'); process.exit(code); };
const save = () => writeFileSync(stateFile, JSON.stringify(state));
const words = process.argv.slice(2);
const value = (flag) => { const at = words.indexOf(flag); return at < 0 ? undefined : words[at + 1]; };
if (!state.engine) fail('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
const build = () => {
  const file = value('--file');
  const context = words.at(-1);
  if (!existsSync(file)) fail('unable to prepare context: ' + file + ' not found');
  if (!existsSync(context)) fail('unable to prepare context: path ' + context + ' not found');
  const given = (name) => words.filter((word, at) => words[at - 1] === '--build-arg' && word.startsWith(name + '=')).at(-1)?.slice(name.length + 1);
  const [base, node] = [given('BASE'), given('NODE_IMAGE')];
  const platform = value('--platform');
  const driver = first === 'build' || value('--builder') === 'here' ? 'docker' : state.driver;
  if (driver === 'docker' && platform?.includes(',')) fail('ERROR: Multi-platform build is not supported for the docker driver.');
  if (driver !== 'docker' && state.built[base]) fail('ERROR: failed to solve: ' + base + ': pull access denied, repository does not exist');
  if (base === 'foreign:1') fail('exec /bin/sh: exec format error');
  process.stderr.write('building ' + file + '\\n');
  const attested = driver !== 'docker' && process.env.BUILDX_NO_DEFAULT_ATTESTATIONS !== '1';
  return { file, context, ...(base && { base }), ...(node && { node }), ...(platform && { platform }), ...(attested && { attested }) };
};
/** As buildx does below a docker that does not hand signals on. */
const hold = () => {
  state.held = spawn('sleep', ['600'], { stdio: 'inherit' }).pid;
  save();
};
const push = (reference, made) => {
  const host = reference.split('/')[0];
  if (!state.logins[host]) fail('denied: no basic auth credentials for ' + host);
  if (state.pushed[reference]) fail('tag invalid: the image tag already exists and cannot be overwritten because the repository is immutable');
  const digest = 'sha256:' + createHash('sha256').update(JSON.stringify([reference, made])).digest('hex');
  state.pushed[reference] = { ...made, digest };
  save();
  return digest;
};
const [first, second] = words;
if (first === 'version') process.stdout.write('linux/amd64\\n');
else if (first === 'login') {
  state.logins[words.at(-1)] = readFileSync(0, 'utf8');
  save();
} else if (first === 'buildx' && !state.buildx) fail("docker: 'buildx' is not a docker command.");
else if (first === 'buildx' && second === 'version') process.stdout.write('github.com/docker/buildx 0.12.1\\n');
else if (first === 'buildx' && second === 'imagetools') {
  const base = words.at(-1);
  if (!state.bases[base]) fail('ERROR: ' + base + ': not found');
  process.stdout.write(state.bases[base] + '\\n');
}
else if (first === 'context' && second === 'inspect') process.stdout.write('here\\n');
else if (first === 'info') process.stdout.write('[["Backing Filesystem","extfs"]]\\n');
else if (first === 'buildx' && second === 'inspect') process.stdout.write('Name:          chosen\\nDriver:        ' + state.driver + '\\n');
else if (words.includes('BASE=held:1')) hold();
else if (first === 'build' || (first === 'buildx' && second === 'build')) {
  const made = build();
  const reference = value('--tag');
  if (words.includes('--push')) {
    writeFileSync(value('--metadata-file'), JSON.stringify({ 'containerimage.digest': push(reference, made) }));
  } else {
    state.built[reference] = made;
    save();
  }
} else if (first === 'push') {
  if (!state.built[second]) fail('An image does not exist locally with the tag: ' + second);
  push(second, state.built[second]);
} else if (first === 'image' && second === 'inspect') {
  const reference = words.at(-1);
  const name = reference.slice(0, reference.lastIndexOf(':'));
  const pushed = state.pushed[reference];
  process.stdout.write(JSON.stringify(pushed ? [name + '@' + pushed.digest] : []) + '\\n');
} else fail("docker: '" + first + "' is not a docker command.");
`;

/** @returns the folder to put into PATH, and the state as it is */
export function placeDocker(
  directory: string,
  options: Partial<Pick<DockerState, 'buildx' | 'driver' | 'engine' | 'bases'>> = {},
) {
  const folder = join(directory, 'docker-double');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'docker'), PROGRAM);
  chmodSync(join(folder, 'docker'), 0o755);
  const initial = { buildx: true, driver: 'docker-container', engine: true } as const;
  const state: DockerState = { ...initial, logins: {}, bases: {}, built: {}, pushed: {}, ...options };
  writeFileSync(join(folder, 'state.json'), JSON.stringify(state));
  return { folder, state: () => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as DockerState };
}

/** bbf's package as far as the command looks: what images stand on, and that files are there. */
export function placePackage(directory: string): string {
  const place = (path: string, text = '') => {
    mkdirSync(dirname(join(directory, 'package', path)), { recursive: true });
    writeFileSync(join(directory, 'package', path), text);
  };
  const base = 'ARG BASE=published:1\nARG PACKAGES=g++\n';
  for (const image of images) {
    const node = image.name === 'agent' ? 'ARG NODE_IMAGE=node:22\nFROM $NODE_IMAGE AS node\n' : '';
    place(dockerfileOf(image), `${base}${node}FROM $BASE\n`);
  }
  for (const path of ['dist/agent.mjs', 'dist/bbf.mjs']) place(path);
  return join(directory, 'package/dist/bbf.mjs');
}
