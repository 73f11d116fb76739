import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { methodOf } from '../worker/channel.ts';
import { addService, type CallLife, unary } from './calls.ts';

it('tells of a caller that has gone also who asks late', async () => {
  let called = (_life: CallLife) => {};
  const begun = new Promise<CallLife>((resolve) => {
    called = resolve;
  });
  const server = new Server();
  const service = { name: 'bbf.farm.v1.Workers', roles: ['worker'] as const };
  const hang = unary((_request: object, life) => {
    called(life);
    return new Promise<object>(() => {});
  });
  addService(
    server,
    { ...service, methods: { Synchronize: hang } },
    () => ({ role: 'worker', cluster: 'main' }) as never,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const { path, requestSerialize, responseDeserialize } = methodOf(service.name, 'Synchronize');
  const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, () => {});
  const life = await begun;
  const told = () => new Promise<string>((resolve) => life.onCancelled(() => resolve('gone')));
  const early = told();
  call.cancel();
  expect(await early).toBe('gone');
  expect(await told()).toBe('gone');
});
