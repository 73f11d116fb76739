import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { keepCertificate } from './certificate-renewal.ts';

/** Signs each request with the next of these dates, in milliseconds from now. */
async function authority(...lives: [notBefore: number, notAfter: number][]): Promise<string> {
  let signed = 0;
  const server = http.createServer((_request, response) => {
    const [notBefore, notAfter] = lives[Math.min(signed, lives.length - 1)] ?? [0, 0];
    signed += 1;
    const iso = (ms: number) => new Date(Date.now() + ms).toISOString();
    const dates = { notBefore: iso(notBefore), notAfter: iso(notAfter) };
    const certificate = { certificate: `number ${signed}`, authorities: 'all', role: 'worker', ...dates };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(certificate));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it('hands a renewed certificate over again where that failed, as on a full disk, and goes on', async () => {
  const url = await authority([-20_000, 10_000], [0, 3_600_000]);
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const got: string[] = [];
  const logged: string[] = [];
  const certificates = await keepCertificate(
    { url, region: 'us-east-1', cluster: 'main', credentials },
    ({ certificate }) => {
      got.push(certificate);
      if (got.length < 3) throw new Error('ENOSPC: no space left on device');
    },
    (message) => void logged.push(message),
    10,
  );
  onTestFinished(() => certificates.stop());
  expect(certificates.current.certificate).toBe('number 1');
  await expect.poll(() => got, { timeout: 30_000 }).toEqual(['number 2', 'number 2', 'number 2']);
  expect(certificates.current.certificate).toBe('number 2');
  expect(logged.filter((message) => message === 'the certificate could not be handed over')).toHaveLength(2);
});

it('renews the certificate within a minute after a machine wakes that slept past the time for it', async () => {
  const hour = 3_600_000;
  const url = await authority([0, 24 * hour]);
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  let handOver: (certificate: string) => void = () => {};
  const renewed = new Promise<string>((resolve) => {
    handOver = resolve;
  });
  const certificates = await keepCertificate(
    { url, region: 'us-east-1', cluster: 'main', credentials },
    ({ certificate }) => handOver(certificate),
    () => {},
  );
  onTestFinished(() => certificates.stop());
  await vi.advanceTimersByTimeAsync(hour);
  expect(certificates.current.certificate).toBe('number 1');
  // Its timers stand still meanwhile.
  vi.setSystemTime(Date.now() + 20 * hour);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await renewed).toBe('number 2');
  expect(certificates.current.certificate).toBe('number 2');
});
