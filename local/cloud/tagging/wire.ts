/** The Resource Groups Tagging API, as far as it looks: GetResources, over AWS JSON 1.1. */
import { ServiceError, type WireHandler, type World } from '../kernel.ts';
import { jsonProtocol } from '../wire/json.ts';
import { type Tagged, type TaggedServices, taggedResources } from './tagged.ts';

interface GetResourcesInput {
  TagFilters?: { Key?: string; Values?: string[] }[];
  ResourceTypeFilters?: string[];
  /** At most 100, which is the default too. */
  ResourcesPerPage?: number;
  PaginationToken?: string;
}

const PAGE = 100;

export const createTaggingWire = (services: TaggedServices, world: World): WireHandler =>
  jsonProtocol('ResourceGroupsTaggingAPI_20170126', {
    GetResources: (input: GetResourcesInput) => getResources(taggedResources(services, world), input),
  });

/** Every filter must match, by any of its values, or by its key alone where it has none. What carries no tag is never listed. */
function getResources(all: Tagged[], input: GetResourcesInput) {
  const unknown = Object.keys(input).find(
    (name) => !['TagFilters', 'ResourceTypeFilters', 'ResourcesPerPage', 'PaginationToken'].includes(name),
  );
  if (unknown) throw new ServiceError('InvalidParameterException', `The local cloud does not implement ${unknown}.`);
  const found = all
    .filter(({ tags }) => Object.keys(tags).length > 0 && (input.TagFilters ?? []).every((one) => matches(tags, one)))
    .filter(({ arn }) => ofType(arn, input.ResourceTypeFilters ?? []))
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
    .filter(({ arn }) => !input.PaginationToken || arn > input.PaginationToken);
  const page = found.slice(0, input.ResourcesPerPage ?? PAGE);
  return {
    ResourceTagMappingList: page.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
    PaginationToken: found.length > page.length ? (page.at(-1)?.arn ?? '') : '',
  };
}

function matches(
  tags: Record<string, string>,
  { Key = '', Values = [] }: { Key?: string; Values?: string[] },
): boolean {
  return Object.hasOwn(tags, Key) && (Values.length === 0 || Values.includes(tags[Key] ?? ''));
}

/** `service`, or `service:type`, as in the ARN. */
function ofType(arn: string, filters: readonly string[]): boolean {
  const [, , service = '', , , resource = ''] = arn.split(':');
  const type = `${service}:${resource.split(/[/:]/)[0]}`;
  return filters.length === 0 || filters.some((filter) => filter === service || filter === type);
}
