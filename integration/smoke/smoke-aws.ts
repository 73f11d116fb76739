/** `npm run smoke:aws`: an installation's whole life, once, in the account of the credentials at hand; it always tears down. */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { parseArgs, promisify } from 'node:util';
import { chosenRegion } from '../../cli/context/chosen-region.ts';
import { LOCAL_ENV } from '../../cli/context/credentials.ts';
import { accessOf } from '../../cli/context/installation.ts';
import { describeFailure } from '../../cli/failure.ts';
import { readSettings } from '../../cli/settings.ts';
import { callerIdentity } from '../../cli/setup/identity.ts';
import { refuseOtherPartitions } from '../../cli/setup/regions.ts';
import { openScreen } from '../demo/screen.ts';
import { announcement, whatItMakes } from './announcement.ts';
import { life, type SmokeWish } from './life.ts';
import { openThrowaway } from './throwaway.ts';

const COMMAND = 'npm run smoke:aws --';
const usage = () => `${COMMAND} [flags]

It makes an installation, and removes it again:
${whatItMakes()}
It needs credentials of AWS, a region, and, unless both images are named, a Docker engine that reaches Docker Hub.

  --region=REGION        where (default: AWS_REGION, or the profile's)
  --yes                  do not ask
  --server-image=IMAGE   image of the build server, where the account's registry has none of this version
  --worker-image=IMAGE   image of the worker, together with the server's
  --idle-after=DURATION  when the cluster falls asleep (default: 2m)
  --action-seconds=N     how long the action runs beside which a worker goes (default: 40, as AWS takes its time)
  --no-wait              set-up does not wait for S3's events to begin, as a local cloud has them at once
  --bazel=PATH           the Bazel to build with (default: as bbf finds one)
`;

/** As sysexits.h has it, and bbf. */
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;

const OPTIONS = {
  region: { type: 'string' },
  yes: { type: 'boolean', default: false },
  'server-image': { type: 'string' },
  'worker-image': { type: 'string' },
  'idle-after': { type: 'string', default: '2m' },
  'action-seconds': { type: 'string', default: '40' },
  'no-wait': { type: 'boolean', default: false },
  bazel: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** @returns what is wrong with the command line, where something is */
function flags() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    return (error as Error).message;
  }
}

async function main(): Promise<number> {
  const values = flags();
  if (typeof values === 'string') return say(`smoke: ${values}\n  try: ${COMMAND} --help\n`, EXIT_USAGE);
  if (values.help) return say(usage(), 0);
  if ((values['server-image'] === undefined) !== (values['worker-image'] === undefined))
    return say('smoke: --server-image and --worker-image go together\n', EXIT_USAGE);
  const actionSeconds = Number(values['action-seconds']);
  if (!(actionSeconds > 0))
    return say(`smoke: --action-seconds=${values['action-seconds']} is no number of seconds above 0\n`, EXIT_USAGE);
  const place = await whoAndWhere(values.region).catch(describeFailure);
  if ('lines' in place) return say(`${[...place.lines, 'smoke: nothing was made'].join('\n')}\n`, place.exitCode);
  const { region, account, arn } = place;
  const throwaway = openThrowaway(region, values.bazel);
  const wish: SmokeWish = {
    idleAfter: values['idle-after'],
    serverImage: values['server-image'],
    workerImage: values['worker-image'],
    waits: !values['no-wait'],
    actionSeconds,
  };
  try {
    process.stdout.write(announcement(throwaway, { account, arn }));
    if (!(await agreed(values.yes))) return say('smoke: nothing was made\n', EXIT_USAGE);
    if (!(await hasImages(wish)))
      return say(
        'smoke: nothing was made: no Docker engine answers, and the images have to be built. Start Docker, or name images: --server-image, --worker-image\n',
        EXIT_UNAVAILABLE,
      );
    return await life(throwaway, wish, openScreen(process.stdout, Date.now()));
  } finally {
    throwaway.remove();
  }
}

/** Asked first: who is nobody, or nowhere, has nothing to agree to. @throws Failure as bbf's own commands do */
async function whoAndWhere(given: string | undefined) {
  const settings = readSettings({ env: process.env, cwd: process.cwd(), program: '', onTerminal: false });
  const region = given ?? chosenRegion(settings, COMMAND);
  refuseOtherPartitions(region);
  return { region, ...(await callerIdentity(accessOf({ region, toLocalCloud: LOCAL_ENV }, settings))) };
}

/** Or can have them, which is asked before anything is made that would have to be torn down again. */
const hasImages = async ({ serverImage }: SmokeWish): Promise<boolean> =>
  serverImage !== undefined ||
  promisify(execFile)('docker', ['version']).then(
    () => true,
    () => false,
  );

function say(text: string, code: number): number {
  process.stderr.write(text);
  return code;
}

async function agreed(yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    process.stderr.write('smoke: there is no terminal to ask on; --yes goes on without\n');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question('Go on? (yes/no) ')).trim() === 'yes';
  } finally {
    lines.close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`\nsmoke: ${error.message}\n`);
    process.exitCode = 1;
  },
);
