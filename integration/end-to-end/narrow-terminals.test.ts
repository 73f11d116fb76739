/** What the built program says in narrow terminals, where no word may be broken, and without one, where no line may be. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Installation, startInstallation } from '../installation.ts';
import { bbfProgram } from '../programs.ts';
import { CTRL_C, missingScript, openTerminal } from './terminal.ts';

const CTRL_D = '\u0004';

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  const file = join(installation.directory, 'main.yaml');
  writeFileSync(
    file,
    'apiVersion: bbf/v1\nkind: Cluster\nmetadata: { name: main }\nspec: { pools: { default: {} } }\n',
  );
  await expectSuccess(installation.bbf(['apply', '-f', file, '--no-wait']));
});
afterAll(() => installation?.stop());

/** Help, advice, errors and a question. */
const SPOKEN: [args: string[], code: number][] = [
  [['--help'], 0],
  [['--help', 'want'], 0],
  [['help', 'plan'], 0],
  [['status', '--help'], 0],
  [['whant', '--workers=3'], 64],
  [['want', '--workers=3', '--pool=gpu'], 66],
  [['leases'], 0],
  [['apply', '-f', '/no/such/file/cluster.yaml'], 66],
  [['--local', '--workers=2', 'build', '//:a'], 64],
];

if (missingScript !== undefined) console.warn(`skipped in a terminal: ${missingScript}`);

describe.skipIf(missingScript !== undefined).each([40, 60, 80])('in a terminal of %d columns', (columns) => {
  const inTerminal = (args: string[]) =>
    openTerminal([process.execPath, bbfProgram, ...args], {
      env: installation.env,
      cwd: installation.directory,
      columns,
    });

  it.each(SPOKEN)('%j is broken between words', async (args, code) => {
    const terminal = inTerminal(args);
    expect(await terminal.ended).toBe(code);
    expect((await terminal.lines()).join(' ')).toMatch(/\w{3}/);
    expect(await terminal.broken()).toEqual([]);
  });

  it('a question is as well, and has its answer behind it', async () => {
    const terminal = inTerminal(['delete', 'main']);
    await terminal.shows(/\(yes\/no\)/);
    terminal.type('no\r');
    expect(await terminal.ended).toBe(64);
    expect((await terminal.lines()).join('\n')).toMatch(/\(yes\/no\) no\nbbf: error:/);
    expect(await terminal.broken()).toEqual([]);
  });

  it.each([
    ['Ctrl-C', CTRL_C, 130, 'bbf: stopped by SIGINT; nothing was changed'],
    ['Ctrl-D', CTRL_D, 64, 'bbf: error: nothing was changed: the answer was not yes'],
  ])('%s at a question is answered on a line of its own', async (_, key, code, answer) => {
    const terminal = inTerminal(['delete', 'main']);
    await terminal.shows(/\(yes\/no\)/);
    terminal.type(key);
    expect(await terminal.ended).toBe(code);
    const lines = await terminal.lines();
    const at = lines.findIndex((line) => line.startsWith('bbf: '));
    expect(lines.slice(at).join(' ').replaceAll(/ +/g, ' ')).toContain(answer);
    expect(await terminal.broken()).toEqual([]);
  });
});

it.each(SPOKEN)('without a terminal %j is one line for each thing', async (args, code) => {
  const spoken = await installation.bbf(args);
  expect(spoken.code, spoken.stderr).toBe(code);
  const text = `${spoken.stdout}${spoken.stderr}`;
  expect(text.split('\n').filter((line) => /^ {3,}/.test(line))).toEqual([]);
});
