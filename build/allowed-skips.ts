/** Which tests CI may leave out, and why: all other ones run there, or the run fails. */

export interface AllowedSkip {
  /** How the path of the file begins, from the root. */
  files: string;
  /** Of the test's full name; all of these files where there is none. */
  names?: RegExp;
  /** What is missing where they are skipped. */
  why: string;
  /** Programs in the PATH: where all of them are, nothing is missing. */
  programs?: string[];
  /** As who, or where, nothing is missing. */
  unless?: 'root' | 'linux';
}

const REGISTRY = 'Docker Hub may be out of reach, and Buildfarm’s images are nowhere else';
const INDEX = 'Python’s package index may be out of reach';
const NGINX = { why: 'nginx is a package of Debian', programs: ['nginx'] };
const TERMINAL = { why: 'util-linux’s `script` makes the terminal', programs: ['script'] };
const LINUX = { why: 'what is tested is Linux’s own', unless: 'linux' } as const;
const ROOT = { why: 'only root can have files and sockets of others', unless: 'root' } as const;

export const ALLOWED_SKIPS: readonly AllowedSkip[] = [
  { files: 'integration/containers/local-engine.test.ts', names: / on Buildfarm /, why: REGISTRY },
  {
    files: 'integration/containers/gateway.test.ts',
    names: /an authority is replaced/,
    why: 'it takes long, and is tested with the gateway as a process',
  },
  {
    files: 'integration/containers/buildx.test.ts',
    names: /for several machines makes one index/,
    why: 'BuildKit’s daemon is no package of Debian 12',
    programs: ['buildkitd'],
  },
  { files: 'integration/containers/', why: 'a container without privileges runs no Docker engine of its own' },
  { files: 'integration/contract/referee.test.ts', names: /^moto answers /, why: INDEX },
  { files: 'integration/permissions/bootstrap-policy.test.ts', names: /is granted, or not needed/, why: INDEX },
  { files: 'integration/permissions/service-reference.test.ts', why: INDEX },
  { files: 'integration/templates/cfn-lint.test.ts', why: INDEX },
  { files: 'integration/packaging/package.test.ts', names: /on Node \d+/, why: 'npm’s registry may be out of reach' },
  { files: 'local/farm/end-to-end.test.ts', names: /^Bazel /, why: 'Debian has its Bazel for few machines' },
  { files: 'integration/contract/program.test.ts', names: /^the AWS CLI/, why: 'a package', programs: ['aws'] },
  { files: 'integration/end-to-end/gitops.test.ts', why: 'a package', programs: ['aws'] },
  { files: 'integration/end-to-end/backup.test.ts', why: 'a package', programs: ['aws'] },
  { files: 'integration/gateway/', ...NGINX },
  { files: 'integration/agents-and-gateways.test.ts', ...NGINX },
  { files: 'cli/completion/complete.test.ts', names: / of fish /, why: 'a package', programs: ['fish'] },
  { files: 'cli/completion/complete.test.ts', names: / of zsh /, why: 'a package', programs: ['zsh'] },
  { files: 'integration/end-to-end/narrow-terminals.test.ts', ...TERMINAL },
  { files: 'integration/end-to-end/transcripts.test.ts', names: /^in a terminal/, ...TERMINAL },
  { files: 'cli/bazel/process.test.ts', ...TERMINAL },
  { files: 'cli/desired/editor.test.ts', ...TERMINAL },
  {
    files: 'reconciler/access/other-signer.test.ts',
    names: /, CFSSL /,
    why: 'CFSSL is no package of Debian 12; a stand-in takes its part',
    programs: ['cfssl'],
  },
  { files: 'cli/access/certificate.test.ts', names: / of another user/, ...ROOT },
  { files: 'local/cloud/state-directory.test.ts', names: /somebody else/, ...ROOT },
  { files: 'cli/context/listener.test.ts', ...ROOT },
  { files: 'cli/context/listener.test.ts', ...LINUX },
  { files: 'local/cloud/state-directory.test.ts', ...LINUX },
  { files: 'cli/bazel/forwarder.test.ts', ...LINUX },
  { files: 'cli/bazel/run-program.test.ts', ...LINUX },
  { files: 'cli/local/cloud-process.test.ts', ...LINUX },
  { files: 'cli/output/output.test.ts', names: /finds no room/, ...LINUX },
  { files: 'integration/end-to-end/surroundings.test.ts', names: /full disk/, ...LINUX },
];
