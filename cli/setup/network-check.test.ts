import { expect, it } from 'vitest';
import { faultOfPlace } from './network-check.ts';

it.each<[string, Parameters<typeof faultOfPlace>[0], RegExp | undefined]>([
  ['in a zone of its region', { availabilityZone: 'us-west-1a', availabilityZoneId: 'usw1-az1' }, undefined],
  ['that nobody says the id of', { availabilityZone: 'us-west-1a' }, undefined],
  ['with both kinds of addresses', { availabilityZone: 'us-west-1a', ipv6Native: 'false' }, undefined],
  ['for IPv6 alone', { availabilityZone: 'us-west-1a', ipv6Native: 'true' }, /^it is for IPv6 alone/],
  [
    'in a zone without Fargate',
    { availabilityZone: 'us-west-1b', availabilityZoneId: 'usw1-az2' },
    /^it is in us-west-1b \(usw1-az2\), where Fargate is not$/,
  ],
  [
    'in a Local Zone',
    { availabilityZone: 'us-west-1-lax-1a' },
    /^it is in us-west-1-lax-1a, a Local or Wavelength Zone/,
  ],
])('a subnet %s', (_, subnet, fault) => {
  const found = faultOfPlace(subnet, 'us-west-1');
  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(fault);
});
