/** A local cloud that was started on a port and with a state of its own, and is down: what commands say to type brings that one back. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { expectSuccess, newInstallation } from '../installation.ts';

it('the local cloud comes up again as it was, without its flags', async () => {
  const installation = await newInstallation();
  onTestFinished(() => installation.stop());
  const { bbf, directory, port } = installation;
  const state = join(directory, 'elsewhere');
  const first = await expectSuccess(bbf(['local', 'up', `--port=${port}`, `--state=${state}`]));
  expect(first.stderr).toMatch(/^next: bbf create, then bbf build \/\/\.\.\.$/m);
  await expectSuccess(bbf(['create', '--no-wait']));
  await expectSuccess(bbf(['local', 'down']));
  expect((await bbf(['status'])).stderr).toMatch(/try: bbf local up$/m);

  const again = await expectSuccess(bbf(['local', 'up']));
  expect(again.stderr).toMatch(/^next: bbf build \/\/\.\.\.$/m);
  expect(JSON.parse((await expectSuccess(bbf(['local', 'status', '--json']))).stdout)).toMatchObject({ port, state });
  await expectSuccess(bbf(['get', 'main']));

  await expectSuccess(bbf(['local', 'down']));
  const [other = 0] = await freePorts(1);
  await expectSuccess(bbf(['local', 'up', `--port=${other}`]));
  await expectSuccess(bbf(['local', 'down']));
  await expectSuccess(bbf(['local', 'up']));
  expect(JSON.parse((await expectSuccess(bbf(['local', 'status', '--json']))).stdout)).toMatchObject({ port: other });
  await expectSuccess(bbf(['get', 'main']));
}, 240_000);
