/** ARNs and ids of ECS, and how a request may name a thing: by short name or by ARN. */
import type { World } from '../kernel.ts';

type Place = Pick<World, 'region' | 'account'>;

const prefix = (place: Place) => `arn:aws:ecs:${place.region}:${place.account}`;

export const clusterArn = (place: Place, name: string) => `${prefix(place)}:cluster/${name}`;
export const serviceArn = (place: Place, cluster: string, name: string) =>
  `${prefix(place)}:service/${cluster}/${name}`;
export const taskArn = (place: Place, cluster: string, id: string) => `${prefix(place)}:task/${cluster}/${id}`;
export const taskDefinitionArn = (place: Place, family: string, revision: number) =>
  `${prefix(place)}:task-definition/${family}:${revision}`;
export const containerArn = (place: Place, cluster: string, taskId: string, id: string) =>
  `${prefix(place)}:container/${cluster}/${taskId}/${id}`;
export const serviceDeploymentArn = (place: Place, cluster: string, service: string, id: string) =>
  `${prefix(place)}:service-deployment/${cluster}/${service}/${id}`;
export const serviceRevisionArn = (place: Place, cluster: string, service: string, id: string) =>
  `${prefix(place)}:service-revision/${cluster}/${service}/${id}`;
export const capacityProviderArn = (place: Place, name: string) => `${prefix(place)}:capacity-provider/${name}`;

/** The last part of an ARN, or the name itself. */
export const shortName = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** 32 hexadecimal digits, like the ids of tasks. */
export const hexId = (world: World) => world.uuid().replaceAll('-', '');

/** Decimal digits, like the ids of deployments. */
export function digits(world: World, count: number): string {
  const rest = Array.from({ length: count - 1 }, () => Math.floor(world.random() * 10)).join('');
  return `${1 + Math.floor(world.random() * 9)}${rest}`;
}

/** Instants go over the wire as seconds since the epoch. */
export const seconds = (at: number | undefined) => (at === undefined ? undefined : at / 1000);
export const isoInstant = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
