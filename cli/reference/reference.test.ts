import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../build/options.ts';
import { commands } from '../commands/all.ts';
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

  it('every command has a summary, and an example that begins with bbf or runs it', () => {
    for (const { name, summary, examples } of commands) {
      expect(summary, name).not.toMatch(/\.$|^[A-Z]/);
      for (const { line } of examples) expect(line, name).toMatch(/\bbbf\b/);
    }
  });
});
