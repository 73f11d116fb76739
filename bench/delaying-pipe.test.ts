import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDelayingPipe } from './delaying-pipe.ts';

/** Their first draws have several delays without any jitter, which are the shortest that there are. */
const SEEDS = [112, 640, 1611, 2952, 3027];

it.each(SEEDS)('delays all bytes and none past another, seed %i', async (seed) => {
  const echo = createServer((socket) => void socket.pipe(socket));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  const { port } = echo.address() as AddressInfo;
  const pipe = await openDelayingPipe({ host: '127.0.0.1', port }, { roundTripMs: 20, seed });
  const socket = connect({ host: '127.0.0.1', port: pipe.port, noDelay: true });
  await once(socket, 'connect');
  const numbers = Array.from({ length: 3_000 }, (_, index) => `${index}\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  for (const number of numbers) {
    socket.write(number);
    await setImmediate();
  }
  socket.end();
  await once(socket, 'end');
  expect(answer).toBe(numbers.join(''));
  pipe.close();
  echo.close();
});
