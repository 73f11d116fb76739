import { describe, expect, it } from 'vitest';
import { addressesIn } from './network-interface.ts';

const answer = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
   <requestId>r</requestId><networkInterfaceSet>${inside}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`;
const item = (privateIp: string, publicIp?: string) =>
  `<item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>${privateIp}</privateIpAddress>${
    publicIp ? `<association><publicIp>${publicIp}</publicIp><ipOwnerId>amazon</ipOwnerId></association>` : ''
  }</item>`;

describe('addressesIn', () => {
  it.each([
    ['private and public', item('10.0.0.4', '203.0.113.9'), ['10.0.0.4', '203.0.113.9'], true],
    ['no public address', item('10.0.0.4'), ['10.0.0.4'], false],
    ['one address for both, as on the local cloud', item('127.1.2.3', '127.1.2.3'), ['127.1.2.3'], true],
    [
      'two interfaces',
      item('10.0.0.4', '203.0.113.9') + item('10.0.0.5'),
      ['10.0.0.4', '10.0.0.5', '203.0.113.9'],
      true,
    ],
    ['none', '', [], false],
  ])('%s', (_, inside, all, isPublic) => expect(addressesIn(answer(inside))).toEqual({ all, isPublic }));
});
