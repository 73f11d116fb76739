import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { programDouble } from '../testing/program-double.ts';
import type { AwsAccess } from './access.ts';
import { follow } from './stack-operations.ts';
import { openStacks } from './stacks.ts';

async function accessTo(listener: RequestListener): Promise<AwsAccess> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, region: 'r', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };
}

const refusing = (status: number, code: string, message: string) =>
  accessTo((_, response) => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
  });

const MAY_NOT = 'ann may not perform: cloudformation:DescribeStacks';

it.each<[number, string, string, ExitCode, string]>([
  [403, 'AccessDenied', MAY_NOT, exitCodes.permission, `could not describe stacks (net): AccessDenied: ${MAY_NOT}`],
  [403, 'ExpiredToken', 'is expired', exitCodes.permission, 'describe stacks (net): the AWS credentials have expired'],
  [400, 'Throttling', 'Rate exceeded', exitCodes.unavailable, 'describe stacks (net): Throttling: Rate exceeded'],
  [400, 'ValidationError', 'no such name', exitCodes.protocol, 'describe stacks (net): ValidationError: no such name'],
])('a refusal of CloudFormation is told as one: %s %s', async (status, code, message, exitCode, told) => {
  const stacks = openStacks(await refusing(status, code, message));
  const failure = await stacks.describe('net').catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'Failure', exitCode, message: expect.stringContaining(told) });
});

it('a page of a list that is refused is told as well, and a stack that is not there is none', async () => {
  const denied = openStacks(await refusing(403, 'AccessDenied', 'no')).withPrefix('bbf--');
  await expect(denied).rejects.toMatchObject({ message: 'could not list stacks: AccessDenied: no' });
  const absent = openStacks(await refusing(400, 'ValidationError', 'Stack with id net does not exist'));
  expect(await absent.describe('net')).toBeUndefined();
  await expect(absent.resources('net')).rejects.toMatchObject({ exitCode: exitCodes.notFound });
});

it('no credentials are told in their own words, and an address where nobody listens by its own', async () => {
  const access = await refusing(403, 'AccessDenied', 'no');
  const none = new Failure('permission', 'no AWS credentials were found', { next: 'aws configure' });
  const without = openStacks({ ...access, credentials: () => Promise.reject(none) });
  await expect(without.describe('net')).rejects.toBe(none);
  const nobody = openStacks({ ...access, endpoint: 'http://127.0.0.1:1' });
  await expect(nobody.describe('net')).rejects.toMatchObject({
    exitCode: exitCodes.unavailable,
    message: 'could not describe stacks (net): http://127.0.0.1:1 does not answer (ECONNREFUSED)',
  });
});

it('one that follows an operation waits for a connection that breaks meanwhile', async () => {
  const looks: string[] = [];
  const access = await accessTo(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const action = new URLSearchParams(body).get('Action') ?? '';
    if (action === 'DescribeStacks') looks.push(action);
    // The SDK asks three times.
    if (looks.length > 1 && looks.length < 5) return void request.socket.resetAndDestroy();
    const status = looks.length === 1 ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE';
    response.end(
      `<${action}Response><${action}Result>${answers[action]?.(status)}</${action}Result></${action}Response>`,
    );
  });
  const program = programDouble();
  program.sleep = async () => {};
  await follow(openStacks(access), 'net', 'token', program);
  expect(looks).toHaveLength(5);
  expect(program.stderr()).toContain('could not describe stacks (net)');
});

const STACK = '<StackName>net</StackName><StackId>arn:net</StackId>';
const answers: Record<string, (status: string) => string> = {
  DescribeStacks: (status) => `<Stacks><member>${STACK}<StackStatus>${status}</StackStatus></member></Stacks>`,
  DescribeStackEvents: (status) =>
    `<StackEvents><member>${STACK}<PhysicalResourceId>arn:net</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus><ClientRequestToken>token</ClientRequestToken></member></StackEvents>`,
};
