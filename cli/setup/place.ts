/** Where the flags of set-up and teardown point: a context that need not be saved yet. */
import { DEFAULT_INSTALLATION } from '../../templates/names.ts';
import type { Call, Program } from '../command.ts';
import type { Context } from '../context/config.ts';
import { accessOf, type Installation } from '../context/installation.ts';
import { checkedName } from '../context/names.ts';
import { openDocuments } from '../documents.ts';
import { Failure } from '../failure.ts';
import { callerIdentity } from './identity.ts';

export interface NamedPlace {
  contextName: string;
  context: Omit<Context, 'bucket'> & { bucket?: string | undefined };
}

/** Flags `region`, `name`, `bucket` and `context`. @throws Failure (usage) without a region, or for a value that can't be */
export function placeOf(call: Call, { settings: { aws } }: Program, command: string): NamedPlace {
  const region = call.text('region') ?? aws.region;
  if (region === undefined)
    throw new Failure('usage', `${command} needs a region: none was given, and AWS_REGION is not set`, {
      next: `${command} --region=eu-west-3`,
    });
  checkedName('region', region, call.text('region') === undefined ? 'AWS_REGION' : '--region');
  const installation = checkedName('installation', call.text('name') ?? DEFAULT_INSTALLATION, '--name');
  const bucket = call.text('bucket');
  if (bucket !== undefined) checkedName('bucket', bucket, '--bucket');
  return {
    contextName: call.text('context') ?? `${installation}-${region}`,
    context: {
      region,
      installation,
      bucket,
      ...(aws.profile === undefined ? {} : { profile: aws.profile }),
      ...(aws.endpoint === undefined ? {} : { endpoint: aws.endpoint }),
    },
  };
}

export const defaultBucket = (installation: string, account: string, region: string) =>
  `${installation}-${account}-${region}`;

/** For a bucket that no context knows any more. */
export const withDataLater = ({
  region,
  installation,
  bucket,
}: Pick<Context, 'region' | 'installation' | 'bucket'>): string =>
  `bbf teardown --region=${region} --name=${installation} --bucket=${bucket} --delete-data`;

/** One that no context knows, such as what a set-up that failed has left. */
export async function installationAt(place: NamedPlace, program: Program): Promise<Installation> {
  const access = accessOf(place.context, program.settings);
  const { installation, region } = place.context;
  const bucket = place.context.bucket ?? defaultBucket(installation, (await callerIdentity(access)).account, region);
  const context: Context = { ...place.context, bucket };
  const documents = openDocuments(access, bucket);
  return { contextName: place.contextName, context, access, documents, cluster: context.cluster ?? 'main' };
}
