/** The foundation as set-up wishes it: template, tags, and parameters, of which those that nobody names stay as they are. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import { version } from '../../config-schema/version.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { foundationStackName, TAG_INSTALLATION } from '../../templates/names.ts';
import type { StackWish } from '../aws/change-sets.ts';

/** By the names of the template's parameters; what is undefined stays as it is, or has its default. */
export interface FoundationChoices {
  VpcId?: string | undefined;
  SubnetIds?: string | undefined;
  /** Of the foundation's own subnets, two; whoever changes them replaces the subnets. */
  Zones?: string | undefined;
  /** Of tasks; follows from the network. */
  AssignPublicIp?: 'ENABLED' | 'DISABLED' | undefined;
  ClientCidr?: string | undefined;
  PermissionsBoundary?: string | undefined;
  ImageRepositories?: string | undefined;
  LogRetentionDays?: string | undefined;
  LogGroup?: string | undefined;
  ServerImage?: string | undefined;
  WorkerImage?: string | undefined;
  /** Of companions; empty where server and worker need none. */
  StorageImage?: string | undefined;
  BackplaneImage?: string | undefined;
  GatewayImage?: string | undefined;
  AgentImage?: string | undefined;
}

interface FoundationPlace {
  installation: string;
  /** Host and path of the account's registry, without a slash at the end. */
  registry: string;
  bucket: string;
  bundleKey: string;
}

export function foundationWish(
  place: FoundationPlace,
  choices: FoundationChoices,
  before: Stack | undefined,
): StackWish {
  const template = foundationTemplate(place.installation);
  const previous = Object.fromEntries(
    (before?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
  // An image that set-up chose itself follows the version; one that a person chose stays.
  const isOurs = (image: string | undefined, own: string) =>
    image === undefined || image === `${place.registry}/${own}:${previous.Version}`;
  const image = (name: string, given: string | undefined, own: string) =>
    given ?? (isOurs(previous[name], own) ? `${place.registry}/${own}:${version}` : previous[name]);
  const wished: Record<string, string | undefined> = {
    ...previous,
    ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)),
    Bucket: place.bucket,
    BundleKey: place.bundleKey,
    Version: version,
    ServerImage: image('ServerImage', choices.ServerImage, 'farm-server'),
    WorkerImage: image('WorkerImage', choices.WorkerImage, 'farm-worker'),
  };
  const known = Object.entries(wished).filter(([name]) => name in template.Parameters);
  return {
    name: foundationStackName(place.installation),
    template: JSON.stringify(template),
    parameters: Object.fromEntries(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    tags: { [TAG_INSTALLATION]: place.installation },
  };
}
