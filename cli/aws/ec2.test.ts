import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askEc2 } from './ec2.ts';

it('what EC2 does not know is said in its own words', async () => {
  const error =
    '<Error><Code>InvalidSubnetID.Malformed</Code><Message>Invalid id: &quot;net&quot; (expecting &quot;subnet-...&quot;)</Message></Error>';
  const server = createServer((_, response) => {
    response.writeHead(400).end(`<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const answer = await askEc2({ endpoint, region: 'us-east-1', credentials }, 'DescribeSubnets', {
    'SubnetId.1': 'net',
  });
  expect(answer).toEqual({ refused: 'Invalid id: "net" (expecting "subnet-...")' });
});
