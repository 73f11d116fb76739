/** A teardown whose requests end at something else than S3, which answers them with success. */
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { run } from './person.ts';

const current = worldOfEachTest();

it.each([
  ['of clusters', 'list-type', ['bbf--foundation']],
  ['of versions', 'versions', []],
])('a page in the place of a listing is no empty bucket for bbf teardown: %s', async (_, query, left) => {
  const world = current();
  const { handle } = world.cloud;
  world.cloud.handle = async (request) =>
    request.method === 'GET' && request.query.has(query)
      ? { status: 200, headers: {}, body: '<html>Sign in</html>' }
      : handle(request);
  const { code, notes } = await run(world, ['teardown', '--context=test', '--delete-data', '--yes']);
  world.cloud.handle = handle;
  expect(code, notes).toBe(exitCodes.protocol);
  expect(notes).toContain('is no listing of S3: <html>Sign in</html>');
  const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({}));
  expect(Stacks.map(({ StackName }) => StackName)).toEqual(left);
  const { KeyCount = 0 } = await world.s3.send(new ListObjectsV2Command({ Bucket: world.bucket }));
  expect(KeyCount).toBeGreaterThan(0);
});
