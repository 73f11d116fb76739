import { expect, it } from 'vitest';
import { inSameContext, namedContext, withNotesOf } from './same-context.ts';
import { programDouble } from './testing/program-double.ts';

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
  ['the farm stays awake with bbf keep --for 2h', 'the farm stays awake with bbf --context=two keep --for 2h'],
  ['no pool fits it: see bbf pools', 'no pool fits it: see bbf --context=two pools'],
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

it('what notes say to type is for that context, and what Docker or Bazel say stays as it is', () => {
  const program = programDouble();
  const { notes } = withNotesOf('two', program).terminal;
  notes.write('bbf: 2 older ones: bbf history --cluster=main --limit=3\n');
  notes.write('Step 1: bbf history\n');
  expect(program.stderr()).toBe(
    'bbf: 2 older ones: bbf --context=two history --cluster=main --limit=3\nStep 1: bbf history\n',
  );
});
