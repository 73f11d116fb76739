import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../build/options.ts';
import { commands } from '../commands/all.ts';
import { jsonFields } from '../output/json-fields.ts';
import { readSettings } from '../settings.ts';
import { manualPage } from './man.ts';
import { commandReference } from './markdown.ts';

describe('what is made from the commands’ data', () => {
  it('docs/cli.md is current; npm run docs writes it anew', () => {
    expect(readFileSync(join(root, 'docs', 'cli.md'), 'utf8')).toBe(commandReference(commands));
  });

  it('the manual page has every command, and no line that troff would take for its own', () => {
    const page = manualPage(commands, '1.2.3');
    for (const { name } of commands) expect(page).toContain(`.SS bbf ${name.replaceAll('-', '\\-')}`);
    const macros = page.split('\n').filter((line) => /^[.']/.test(line));
    expect(macros.filter((line) => !/^\.(TH|SH|SS|TP|PP|B|BR|I|br)( |$)/.test(line))).toEqual([]);
  });

  it('the manual page has every variable of the environment that is bbf’s own, or a person’s choice', () => {
    const asked = new Set<string>();
    const env = new Proxy<NodeJS.ProcessEnv>({}, { get: (_env, name) => void asked.add(String(name)) });
    readSettings({ env, cwd: '/', program: 'bbf', onTerminal: false });
    const [, section = ''] = manualPage(commands, '1.2.3').replaceAll('\\-', '-').split('.SH ENVIRONMENT');
    const everybodys = ['HOME', 'PATH', 'USER', 'TERM'];
    const chosen = [...asked].filter((name) => !name.startsWith('AWS_') && !everybodys.includes(name));
    expect(chosen).toContain('BBF_CONTEXT');
    expect(chosen.filter((name) => !section.includes(name))).toEqual([]);
  });

  it('docs/json.md has a row for each command that takes --json, and a kind in each', () => {
    const page = readFileSync(join(root, 'docs', 'json.md'), 'utf8');
    const answering = commands.filter(({ flags }) => flags.some(({ name }) => name === 'json'));
    expect(answering.length).toBeGreaterThan(10);
    expect(answering.filter(({ name }) => !page.includes(`\n| \`bbf ${name}\` |`)).map(({ name }) => name)).toEqual([]);
    const rows = [...page.matchAll(/^\| `bbf [^|]*\| (.*?) \| .*$/gm)].filter(([row]) => !/ --j/.test(row));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(([, kind = '']) => !/^`[A-Z][A-Za-z]+`$/.test(kind)).map(([row]) => row)).toEqual([]);
  });

  it('docs/json.md has the fields of lists and of small objects', () => {
    const page = readFileSync(join(root, 'docs', 'json.md'), 'utf8');
    for (const [name, fields] of jsonFields) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`bbf ${name}\` |`)) ?? '';
      const isElsewhere = /\]\([a-z]+\.md\)|the fields of the pool/.test(row);
      expect(isElsewhere ? [] : fields.filter((field) => !row.includes(`\`${field}\``)), name).toEqual([]);
    }
  });

  it('every command has a summary, and an example that begins with bbf or runs it', () => {
    for (const { name, summary, examples } of commands) {
      expect(summary, name).not.toMatch(/\.$|^[A-Z]/);
      for (const { line } of examples) expect(line, name).toMatch(/\bbbf\b/);
    }
  });
});
