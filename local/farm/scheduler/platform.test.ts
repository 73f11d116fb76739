import { describe, expect, it } from 'vitest';
import { matches, offeredProperties, platformKey, unmatched } from './platform.ts';

const offered = offeredProperties('default', { OSFamily: 'linux', disk: 'ssd' }, 'x64');

const rows: [rule: string, wanted: Record<string, string>, fits: boolean][] = [
  ['who asks for nothing runs anywhere', {}, true],
  ['an equal value fits', { disk: 'ssd' }, true],
  ['another value does not', { disk: 'hdd' }, false],
  ['a property that is not offered does not', { gpu: 'yes' }, false],
  ['the operating system is compared without case', { OSFamily: 'Linux' }, true],
  ['machines have several names', { Arch: 'amd64', ISA: 'x86-64' }, true],
  ['but other machines are others', { Arch: 'arm64' }, false],
  ['a pool can be named', { Pool: 'default' }, true],
  ['and it has to be this one', { Pool: 'gpu' }, false],
  ['container images are ignored', { 'container-image': 'docker://debian' }, true],
];

describe('matching of platforms', () => {
  it.each(rows)('%s', (_rule, wanted, fits) => {
    const properties = Object.entries(wanted).map(([name, value]) => ({ name, value }));
    expect(matches(offered, properties)).toBe(fits);
  });

  it('what a pool declares wins over what its machine is', () => {
    expect(offeredProperties('p', { Arch: 'riscv' }, 'arm64')).toMatchObject({
      Arch: 'riscv',
      ISA: 'arm64',
      Pool: 'p',
    });
  });

  it.each<[what: string, wanted: Record<string, string>, said: string[]]>([
    ['what no pool offers', { OSFamily: 'Linux', disk: 'ssd', gpu: 'yes' }, ['gpu']],
    ['all of it, where no pool offers it together', { disk: 'ssd', Pool: 'arm' }, ['disk', 'Pool']],
    ['but nothing that is never compared', { 'container-image': 'docker://debian', Pool: 'none' }, ['Pool']],
  ])('of an action that no pool fits it says %s', (_what, wanted, said) => {
    const properties = Object.entries(wanted).map(([name, value]) => ({ name, value }));
    const pools = [offered, offeredProperties('arm', {}, 'arm64')];
    expect(unmatched(pools, properties).map(({ name }) => name)).toEqual(said);
  });

  it('the order in which properties are named does not matter', () => {
    const [a, b] = [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ];
    expect(platformKey([a, b])).toBe(platformKey([b, a]));
  });
});
