/** `bbf bazelrc`: a fragment of .bazelrc for those who call Bazel themselves: `bazel build --config=bbf`. */
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { certificateForBuild } from '../access/certificate-for-build.ts';
import { installationKey } from '../access/function-url.ts';
import { writePrivateText } from '../access/private-file.ts';
import { chosenPool } from '../cluster/chosen-pool.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { typed } from '../cluster/too-many-workers.ts';
import type { Call, Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { notesOf } from '../output/notes.ts';
import { portFlag } from '../quantities.ts';
import { farmCommands } from './commands.ts';
import { findVersionedBazel } from './find.ts';
import { farmFlags } from './flags.ts';
import { rcWord, refuseControls, refuseNoAddress } from './foreign-text.ts';
import { flagsIn, userRcLines, userRcPath, userRcText } from './user-rc.ts';
import type { BazelVersion } from './version.ts';
import { atLeast } from './version.ts';

/** The first release that can show a client certificate (flag --tls_client_certificate). */
const CLIENT_CERTIFICATES_SINCE = '3.1.0';

export async function bazelrc(call: Call, program: Program): Promise<number> {
  const { settings, terminal } = program;
  const { installation, cluster, pool, spec, platform } = await chosenPool(call, program);
  refuseControls(cluster, pool, platform);
  const { slots, workersMax } = spec;
  const { version } = await interruptible((signal) => findVersionedBazel(call.text('bazel_bin'), settings, signal));
  const port = portFlag(call, 8980);
  const way = port === undefined ? await ownTls(installation, cluster, version, call, program) : throughForwarder(port);
  const farm = { remoteExecutor: way.executor, slotsMax: slots * workersMax, platform, isCluster: true };
  const userRc = userRcText(settings);
  const ofCommands = farmCommands.flatMap((command) => flagsIn(userRc, command));
  const flags = [...farmFlags(version, farm, ofCommands), ...way.flags];
  const users = userRcLines(userRc, 'bbf', rcWord);
  const text = [
    `# Written by bbf bazelrc for cluster ${cluster} of ${installation.contextName}; ${way.note}`,
    ...flags.map((flag) => `build:bbf ${rcWord(flag)}`),
    ...(users.length === 0 ? [] : [`# Of ${userRcPath(settings)}`, ...users]),
    '',
  ].join('\n');
  const output = call.text('output');
  if (output === undefined) terminal.result.write(text);
  else {
    await writeFile(output, text).catch((error: Error) => {
      throw new Failure('system', `${output} can't be written: ${error.message}`, {
        next: `ls -ld ${dirname(output)}`,
      });
    });
    const file = resolve(settings.cwd, output);
    terminal.result.write(`${output}: with try-import ${file} in .bazelrc, bazel build --config=bbf //...\n`);
  }
  const same = [`--cluster=${cluster}`, ...typed(call, 'pool', 'port')].join(' ');
  notesOf(program)(`the farm stays awake for it with bbf keep --for 2h ${same}`);
  return 0;
}

interface Way {
  executor: string;
  flags: string[];
  note: string;
}

function throughForwarder(port: number): Way {
  return {
    executor: `grpc://127.0.0.1:${port}`,
    flags: [],
    note: `it needs bbf keep --port=${port}, and no certificate of Bazel's own`,
  };
}

/** @throws Failure where Bazel can't, or the farm has no address yet */
async function ownTls(
  installation: Installation,
  cluster: string,
  version: BazelVersion,
  call: Call,
  program: Program,
): Promise<Way> {
  const same = [`--cluster=${cluster}`, ...typed(call, 'pool')].join(' ');
  if (!atLeast(version, CLIENT_CERTIFICATES_SINCE))
    throw new Failure('unavailable', 'this Bazel shows no client certificate, or does not say which version it is', {
      next: `bbf keep --for 2h --port=8980 ${same}, and bbf bazelrc --port=8980 ${same}`,
    });
  const endpoint = (await statusReader(installation.documents, cluster)())?.endpoint ?? null;
  if (endpoint === null)
    throw new Failure('unavailable', `cluster ${cluster} has no address while no server runs`, {
      next: `bbf keep --for 2h ${same}, then the same again`,
    });
  refuseNoAddress(cluster, endpoint);
  const source = await certificateForBuild(installation, cluster, program, notesOf(program));
  const { key, certificate, authorities, notAfter } = await source.get();
  const folder = join(program.settings.cacheDirectory, 'bazelrc', `${installationKey(installation)}--${cluster}`);
  const files = { 'key.pem': key, 'certificate.pem': certificate, 'authorities.pem': authorities };
  for (const [name, text] of Object.entries(files)) await writePrivateText(join(folder, name), text);
  return {
    executor: `grpcs://${endpoint}`,
    flags: [
      `--tls_client_certificate=${join(folder, 'certificate.pem')}`,
      `--tls_client_key=${join(folder, 'key.pem')}`,
      `--tls_certificate=${join(folder, 'authorities.pem')}`,
    ],
    note: `its certificate is good until ${notAfter}, its address as long as the server runs: then bbf bazelrc again`,
  };
}
