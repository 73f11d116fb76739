/** Where the flags of set-up and teardown point: a context that need not be saved yet. */
import { DEFAULT_INSTALLATION, foundationStackName } from '../../templates/names.ts';
import type { Call, Program } from '../command.ts';
import { chosenRegion } from '../context/chosen-region.ts';
import { type Context, isLocalCloud, readConfig } from '../context/config.ts';
import { LOCAL_ENV } from '../context/credentials.ts';
import { accessOf, type Installation } from '../context/installation.ts';
import { checkedName } from '../context/names.ts';
import { openDocuments } from '../documents.ts';
import { Failure } from '../failure.ts';
import { callerIdentity } from './identity.ts';
import { installedBucket } from './installed-bucket.ts';
import { placeFlags } from './place-flags.ts';

interface NamedPlace {
  contextName: string;
  /** Whether this machine has a context of that name. */
  isKnown: boolean;
  context: Omit<Context, 'bucket'> & { bucket?: string | undefined };
  /** By a flag. */
  namedBucket?: string | undefined;
  /** What to type where nothing answers at its endpoint: the context may be none that bbf config knows. */
  ifSilent?: string | undefined;
}

/**
 * Flags `region`, `name`, `bucket` and `context`. What no flag names is as the context of that name has it.
 * @throws Failure (usage) without a region, or for a value that can't be; (conflict) where that context is another installation
 */
export async function placeOf(call: Call, { settings }: Program, command: string): Promise<NamedPlace> {
  const { aws } = settings;
  const { contexts } = await readConfig(settings);
  const named = call.text('context');
  const meant = named === undefined ? undefined : contexts[named];
  const region = call.text('region') ?? meant?.region ?? chosenRegion(settings, command);
  checkedName(
    'region',
    region,
    call.text('region') === undefined ? 'AWS_REGION, or the profile’s region,' : '--region',
  );
  const name = call.text('name') ?? meant?.installation ?? DEFAULT_INSTALLATION;
  const installation = checkedName('installation', name, '--name');
  const contextName = named ?? `${installation}-${region}`;
  const before = contexts[contextName];
  if (before !== undefined && (before.region !== region || before.installation !== installation))
    throw new Failure(
      'conflict',
      `context ${contextName} is installation ${before.installation} in ${before.region}, not ${installation} in ${region}`,
      { next: `${command} --region=${region} --name=${installation} --context=ANOTHER` },
    );
  const bucket = call.text('bucket');
  if (bucket !== undefined) checkedName('bucket', bucket, '--bucket');
  const profile = aws.profile ?? before?.profile;
  const endpoint = before?.endpoint ?? aws.endpoint;
  const context = {
    ...before,
    region,
    installation,
    bucket: bucket ?? before?.bucket,
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const ifSilent = howToLeave({
    contextName,
    ofContext: before?.endpoint,
    endpoint,
    command: `${command} --region=${region} --name=${installation}`,
  });
  return { contextName, isKnown: before !== undefined, context, namedBucket: bucket, ifSilent };
}

interface NamedEndpoint {
  contextName: string;
  /** As that context has it. */
  ofContext: string | undefined;
  endpoint: string | undefined;
  /** With the flags that name the place. */
  command: string;
}

/** Undefined where the endpoint is AWS's own. */
function howToLeave({ contextName, ofContext, endpoint, command }: NamedEndpoint): string | undefined {
  if (ofContext !== undefined)
    return `start what answers there, which context ${contextName} names; or, for another place, ${command} --context=ANOTHER`;
  return endpoint && 'start what answers there, or unset AWS_ENDPOINT_URL, which names it';
}

export const defaultBucket = (installation: string, account: string, region: string) =>
  `${installation}-${account}-${region}`;

/** For a bucket that no context knows any more: the same words without its endpoint or profile would mean what somebody else has. */
export function withDataLater(context: Context): string {
  if (isLocalCloud(context)) return 'bbf local down --delete-data';
  return `bbf teardown ${placeFlags(context)} --delete-data`;
}

/** One that no context knows, such as what a set-up that failed has left. */
export async function installationAt(place: NamedPlace, program: Program): Promise<Installation> {
  const access = {
    ...accessOf({ ...place.context, toLocalCloud: LOCAL_ENV }, program.settings),
    ifSilent: place.ifSilent,
  };
  const { installation, region } = place.context;
  const bucket = async () => {
    const { openStacks } = await import('../aws/stacks.ts');
    const installed = installedBucket(await openStacks(access).describe(foundationStackName(installation)));
    return installed ?? defaultBucket(installation, (await callerIdentity(access)).account, region);
  };
  const context: Context = { ...place.context, bucket: place.context.bucket ?? (await bucket()) };
  const documents = openDocuments(access, context.bucket);
  return { contextName: place.contextName, context, access, documents, cluster: context.cluster ?? 'main' };
}
