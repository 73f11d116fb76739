import { expect, it } from 'vitest';
import { codec, commandCodec } from '../wire/codec.ts';
import type { RequestMetadata } from '../wire/messages.ts';
import { whatRuns } from './what-runs.ts';

const said = (metadata: Partial<RequestMetadata>) =>
  codec<RequestMetadata>('build.bazel.remote.execution.v2.RequestMetadata').encode(metadata);
const command = commandCodec.encode({ arguments: ['/bin/sh', '-c', 'true'], outputPaths: ['bin/a.txt', 'bin/b.txt'] });
const words = commandCodec.encode({ arguments: ['/bin/true'] });

it.each([
  ['its kind and target', said({ actionMnemonic: 'Genrule', targetId: '//:a' }), command, 'Genrule //:a'],
  ['its kind and what it makes', said({ actionMnemonic: 'Genrule' }), command, 'Genrule bin/a.txt'],
  ['what it makes, where its client says nothing', undefined, command, 'bin/a.txt'],
  ['what it makes, where its client says nonsense', Buffer.from([0xff]), command, 'bin/a.txt'],
  ['its program, where it makes nothing', said({}), words, '/bin/true'],
])('an action is called by %s', (_what, header, bytes, expected) => {
  expect(whatRuns(header, bytes)).toBe(expected);
});
