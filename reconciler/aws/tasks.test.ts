import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { afterAll, expect, it } from 'vitest';
import { farmTask } from './tasks.ts';

const TASK = '0123456789abcdef0123456789abcdef';
const PRIVATE = '<privateIpAddress>10.0.0.4</privateIpAddress>';
const BOTH = `${PRIVATE}<association><publicIp>203.0.113.9</publicIp></association>`;

let shown = '';
const ec2 = createServer((_, response) => {
  const set = `<networkInterfaceSet><item>${shown}</item></networkInterfaceSet>`;
  response.end(`<DescribeNetworkInterfacesResponse>${set}</DescribeNetworkInterfacesResponse>`);
});
afterAll(() => void ec2.close().closeAllConnections());

const details = [{ name: 'networkInterfaceId', value: 'eni-1' }];
const task = { group: 'service:bbf--main--server', attachments: [{ type: 'ElasticNetworkInterface', details }] };
const ecs = { send: async () => ({ tasks: [task] }) } as unknown as ECSClient;

it.each([
  ['private and public', BOTH, true, ['10.0.0.4', '203.0.113.9']],
  ['none while the public one that it is to have is not shown', PRIVATE, true, null],
  ['the private one where tasks have no other', PRIVATE, false, ['10.0.0.4']],
])('a task’s addresses are %s', async (_, answer, publicAddresses, expected) => {
  if (!ec2.listening) await once(ec2.listen(0, '127.0.0.1'), 'listening');
  shown = answer;
  const endpoint = `http://127.0.0.1:${(ec2.address() as AddressInfo).port}/`;
  const credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
  const found = await farmTask(ecs, { region: 'us-east-1', endpoint, credentials }, 'bbf', TASK, publicAddresses);
  expect(await found?.addresses()).toEqual(expected);
});
