import { describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { readSettings } from '../settings.ts';
import { type Place, placeOf } from './place.ts';
import { splitCommandLine } from './split.ts';

const farm: Place = { kind: 'farm' };
const docker = (image?: string, privileged = false): Place => ({ kind: 'docker', image, privileged });
const executor = (secure: boolean, endpoint: string): Place => ({ kind: 'executor', secure, endpoint });
const bazels = (where: string): Place => ({ kind: 'bazels', executor: where });
const REFUSED = 'refused';

// typed before `build //...` | BUILD_LOCAL | where it builds
const rows: [string, string | undefined, Place | typeof REFUSED][] = [
  ['', undefined, farm],
  ['--workers=3 --wait=5m', undefined, farm],
  ['--local', undefined, docker()],
  ['--local=image:1 --privileged', undefined, docker('image:1', true)],
  ['', '1', docker()],
  ['', 'true', docker()],
  ['', '0', farm],
  ['', 'false', farm],
  ['', '', farm],
  ['--privileged', '1', docker(undefined, true)],
  ['--remote_executor=grpc://localhost:8980', undefined, executor(false, 'localhost:8980')],
  ['--remote_executor=grpcs://[::1]:443', undefined, executor(true, '[::1]:443')],
  ['--remote_executor=grpc://127.0.0.1:1', '1', executor(false, '127.0.0.1:1')],
  ['--remote_executor=localhost:8980', undefined, REFUSED],
  ['--remote_executor=grpcs://farm.example.com', undefined, REFUSED],
  ['--remote_executor=http://localhost:80', undefined, REFUSED],
  ['--remote_executor=grpc://localhost:70000', undefined, REFUSED],
  ['--remote_executor=grpc://a:1 --local', undefined, REFUSED],
  ['--remote_executor=grpc://a:1 --workers=2', undefined, REFUSED],
  ['--local --workers=2', undefined, REFUSED],
  ['--local --pool=arm', undefined, REFUSED],
  ['--privileged', undefined, REFUSED],
];

describe('where a build runs', () => {
  it.each(rows)('%s (BUILD_LOCAL=%s)', (typed, buildLocal, expected) => {
    const line = splitCommandLine([...typed.split(' ').filter(Boolean), 'build', '//...']);
    const env = buildLocal === undefined ? {} : { BUILD_LOCAL: buildLocal };
    const settings = readSettings({ env, cwd: '/', program: '/bbf', onTerminal: false });
    if (expected !== REFUSED) return expect(placeOf(line, settings)).toEqual(expected);
    return expect(() => placeOf(line, settings)).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
  });

  it.each([
    ['', ['build', '--remote_executor=grpcs://other', '//...'], bazels('grpcs://other')],
    ['', ['test', '//...', '--remote_executor', 'other:1'], bazels('other:1')],
    ['', ['build', '--remote_executor=a', '--remote_executor='], bazels('')],
    ['', ['build', '--remote_executor=', '--remote_executor', 'a'], bazels('a')],
    ['', ['build', '//...', '--remote_executor'], bazels('')],
    ['--remote_executor=grpc://a:1', ['build', '--remote_executor=b'], bazels('b')],
    ['', ['run', '//:x', '--', '--remote_executor=b'], farm],
    ['', ['build', '--remote_executor_x=b'], farm],
    ['--local', ['build', '--remote_executor='], docker()],
    ['--workers=2', ['build', '--remote_executor=b'], REFUSED],
  ])('%s %j', (typed, words, expected) => {
    const line = splitCommandLine([...typed.split(' ').filter(Boolean), ...words]);
    const place = () => placeOf(line, { buildLocal: false });
    if (expected !== REFUSED) return expect(place()).toEqual(expected);
    return expect(place).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
  });

  it('says what contradicts what', () => {
    const line = splitCommandLine(['--local', '--workers=2', 'build']);
    expect(() => placeOf(line, { buildLocal: false })).toThrow(/--workers .* and --local builds without it/);
  });
});
