import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { parseCall } from '../parse.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { jsonFlags, listOf, wantsJson, writeJson } from './json.ts';

const command = {
  name: 'show',
  summary: '',
  arguments: [{ name: 'CLUSTER', required: false, summary: '' }],
  flags: jsonFlags,
  examples: [],
  run: async () => 0,
};
const one = { apiVersion: 'bbf/v1', kind: 'Thing', name: 'a', size: { width: 1 } };
const many = listOf('Things', [{ name: 'a', size: 1 }, { name: 'b' }]);

let program: ProgramDouble;
beforeEach(() => {
  program = programDouble();
});
afterEach(() => rmSync(program.directory, { recursive: true, force: true }));

describe('--json and --jq', () => {
  it.each([
    ['the whole object', one, ['--json'], `${JSON.stringify(one)}\n`],
    ['some fields', one, ['--json=name,size'], '{"name":"a","size":{"width":1}}\n'],
    ['fields of each item of a list', many, ['--json=name,size'], '[{"name":"a","size":1},{"name":"b","size":null}]\n'],
    ['what an expression makes of it, texts bare', one, ['--jq=.name'], 'a\n'],
    ['an expression that answers several', many, ['--jq', '.items[].name'], 'a\nb\n'],
    ['an expression over some fields', one, ['--json=size', '--jq=.size.width'], '1\n'],
    ['an expression that answers nothing', one, ['--jq=empty'], ''],
  ])('%s', async (_what, value, argv, expected) => {
    const call = parseCall(command, argv);
    expect(wantsJson(call)).toBe(true);
    await writeJson(value, call, program);
    expect(program.stdout()).toBe(expected);
  });

  const leases = { ...command, name: 'leases' };
  it.each([
    ['a field that happens to be absent is null', { ...command, name: 'status' }, one, '{"privateEndpoint":null}\n'],
    ['a field of a list that happens to be empty', leases, listOf('Leases', []), '[]\n'],
  ])('%s', async (_what, shown, value, expected) => {
    const field = shown === leases ? 'id' : 'privateEndpoint';
    await writeJson(value, parseCall(shown, [`--json=${field}`]), program);
    expect(program.stdout()).toBe(expected);
  });
  it('a field that is none is refused of an empty list too', async () => {
    const failure = await writeJson(listOf('Leases', []), parseCall(leases, ['--json=ids']), program).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      exitCode: exitCodes.usage,
      message: 'there is no field ids; did you mean id?',
      next: '--json=id,holder,purpose,pools,expiresAt,expired',
    });
  });

  it('filters line after line, more than one module of jq bears', async () => {
    const call = parseCall(command, ['--jq=.conditions[]|select(.status=="False").reason']);
    const line = { conditions: [{ status: 'False', reason: 'Slow' }], more: 'x'.repeat(100) };
    for (let i = 0; i < 400; i++) await writeJson(line, call, program);
    expect(program.stdout()).toBe('Slow\n'.repeat(400));
  });

  it.each([
    ['shown on a terminal, so that it is not obeyed', true, 'a\\u001b]0;b\\u0007\nc\n'],
    ['as it is elsewhere, as from jq', false, 'a\u001b]0;b\u0007\nc\n'],
  ])('what others wrote into a text is %s', async (_, interactive, expected) => {
    program.terminal.result.interactive = interactive;
    const others = listOf('Things', [{ name: 'a\u001b]0;b\u0007' }, { name: 'c' }]);
    await writeJson(others, parseCall(command, ['--jq=.items[].name']), program);
    expect(program.stdout()).toBe(expected);
  });

  it('leaves the word behind it alone', () => {
    const call = parseCall(command, ['--json', 'main']);
    expect([call.arguments, call.has('json')]).toEqual([['main'], true]);
    expect(wantsJson(parseCall(command, ['main']))).toBe(false);
  });

  it.each([
    ['a field that is none', ['--json=nam'], /no field nam; did you mean name/],
    ['an expression that is none', ['--jq=.['], /--jq: syntax error/],
  ])('refuses %s', async (_what, argv, message) => {
    const failure = await writeJson(one, parseCall(command, argv), program).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: exitCodes.usage, message: expect.stringMatching(message) });
    expect(program.stdout()).toBe('');
  });
});
