import { expect, it } from 'vitest';
import { chosenZones, type Zone } from './zones.ts';

/** `a=use1-az1` is zone a, `c!` one that is not available, `l~` a local one. */
function zoneOf(text: string): Zone {
  const [, name = '', mark = '', zoneId = `x-${name}`] = /^(\w)([!~]?)(?:=(.*))?$/.exec(text) ?? [];
  return {
    zoneName: name,
    zoneId,
    zoneState: mark === '!' ? 'impaired' : 'available',
    zoneType: mark === '~' ? 'local-zone' : 'availability-zone',
  };
}

it.each([
  ['the first two', 'a b c', 'a b'],
  ['by name, in whatever order they come', 'c b a', 'a b'],
  ['not one without Fargate', 'a=usw1-az1 b=usw1-az2 c=usw1-az3', 'a c'],
  ['not one without Fargate, whatever its name is here', 'a=apne1-az3 b=apne1-az1 c=apne1-az2', 'b c'],
  ['not one without ARM', 'a=use1-az3 b=use1-az1 c=use1-az2', 'b c'],
  ['one without ARM where there is no other', 'a=apne3-az2 b=apne3-az1 c=apne3-az3', 'b a'],
  ['not what is no zone of the region, or has trouble', 'a~ b! c d', 'c d'],
  ['one twice, where it is the only one', 'a=usw1-az2 b=usw1-az1', 'b b'],
])('two zones are chosen: %s', (_, zones, expected) =>
  expect(chosenZones(zones.split(' ').map(zoneOf))?.join(' ')).toBe(expected),
);

it('where there are none, the template chooses', () => expect(chosenZones([])).toBeUndefined());
