import { expect, it } from 'vitest';
import { inSameContext, namedContext } from './same-context.ts';

it.each([
  ['bbf status --cluster=ci', 'bbf --context=two status --cluster=ci'],
  [
    'bbf want --max=5 (workersMax), or bbf edit',
    'bbf --context=two want --max=5 (workersMax), or bbf --context=two edit',
  ],
  [
    'bbf delete a && bbf delete b, then the same again',
    'bbf --context=two delete a && bbf --context=two delete b, then the same again',
  ],
  ['bbf --pool=big build //...', 'bbf --context=two --pool=big build //...'],
  ['bbf local up', 'bbf local up'],
  ['bbf setup, or bbf local up', 'bbf setup, or bbf local up'],
  ['bbf contexts', 'bbf contexts'],
  ['bbf bootstrap-policy', 'bbf bootstrap-policy'],
  ['bbf teardown --context=two --yes', 'bbf teardown --context=two --yes'],
  ['bbf want --help', 'bbf want --help'],
  ['wait for the bbf that is installed', 'wait for the bbf that is installed'],
])('%s, where a context was named', (next, expected) => {
  expect(inSameContext(next, 'two')).toBe(expected);
  expect(inSameContext(next, undefined)).toBe(next);
});

it.each([
  ['want --context=two --workers=9', 'two'],
  ['--context two want', 'two'],
  ['--context=one build --context=two', 'two'],
  ['run //:x -- --context=two', undefined],
  ['want --workers=9', undefined],
  ['status --context', undefined],
])('%s names a context, or none', (line, context) => expect(namedContext(line.split(' '))).toBe(context));
