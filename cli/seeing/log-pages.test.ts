import { once } from 'node:events';
import { rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverStackName } from '../../templates/names.ts';
import { dispatch } from '../dispatch.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../testing/program-double.ts';

const SECOND_MS = 1_000;

/** Lines of a log that CloudWatch answers page by page; the token is the number of the next page. */
let pages: number[][];
/** What comes instead of the next pages: throttling, as this protocol says it. */
let throttled: number;
let program: ProgramDouble;
let server: http.Server;

const line = (number: number) => ({
  eventId: `id-${number}`,
  timestamp: program.now() - 60 * SECOND_MS + number,
  message: `line-${number}`,
  logStreamName: `${serverStackName('bbf', 'main')}/server/0123456789abcdef`,
});

const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };

function answer(body: string): [status: number, content: object] {
  if (body === '') return [200, document];
  if (throttled-- > 0) return [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }];
  const page = Number((JSON.parse(body) as { nextToken?: string }).nextToken ?? 0);
  const more = page + 1 < pages.length ? { nextToken: String(page + 1) } : {};
  return [200, { events: (pages[page] ?? []).map(line), ...more }];
}

beforeEach(async () => {
  [pages, throttled] = [[], 0];
  server = http.createServer(async (request, response) => {
    const [status, content] = answer(Buffer.concat(await request.toArray()).toString('utf8'));
    response.writeHead(status, { etag: '"e"' }).end(JSON.stringify(content));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  program = programDouble();
  await chooseContext(program, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  rmSync(program.directory, { recursive: true, force: true });
  server.close();
  server.closeAllConnections();
});

const shown = () => [...program.stdout().matchAll(/line-(\d+)$/gm)].map(([, number]) => Number(number));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

it('shows the newest lines, however many pages are before them', async () => {
  pages = upTo(31).map((number) => [number]);
  await dispatch(['logs', '--limit=2'], program);
  expect(shown()).toEqual([29, 30]);
  expect(program.stderr()).toBe('');
});

it('shows all lines where no limit is named, also behind pages that are empty', async () => {
  pages = upTo(60).map((number) => (number < 55 ? [] : [number]));
  await dispatch(['logs'], program);
  expect(shown()).toEqual([55, 56, 57, 58, 59]);
});

it('goes on behind empty pages, and shows each line once', async () => {
  pages = [...upTo(25).map(() => []), [1, 2, 3]];
  const later = [[4], [5]];
  program.sleep = async () => {
    const next = later.shift();
    if (next === undefined) throw new Error('enough');
    pages.push([], next);
  };
  await expect(dispatch(['logs', '-f', '--limit=2'], program)).rejects.toThrow('enough');
  expect(shown()).toEqual([2, 3, 4, 5]);
});

it('says what it left out of a log that is too long', async () => {
  pages = [upTo(60_000), upTo(100_003).slice(60_000)].map((page) => page.map((number) => number - 50_000));
  await dispatch(['logs'], program);
  expect(program.stdout()).toMatch(/^\S+ \S+ server\/01234567 line--49997\n/);
  expect(program.stderr()).toBe(
    'bbf: the newest 100000 lines follow, and 3 older ones do not; a shorter --since, or --limit=100003 for all\n',
  );
});

it('asks again where CloudWatch has had too many questions', async () => {
  pages = [[1], [2]];
  throttled = 2;
  await dispatch(['logs'], program);
  expect(shown()).toEqual([1, 2]);
});
