/** Every page of the repository as a reader meets it: links lead somewhere, and no row of a table loses a cell. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import GithubSlugger from 'github-slugger';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { root } from '../programs.ts';

const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name))
  .map(({ name }) => name);
const pages = ['', ...folders]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== '' }).map((name) => join(folder, String(name))),
  )
  .filter((name) => name.endsWith('.md'));

const tokensOf = (markdown: string): Token[] => {
  const found: Token[] = [];
  walkTokens(lexer(markdown), (token) => void found.push(token));
  return found;
};
const isA =
  <T extends Tokens.Generic>(type: T['type']) =>
  (token: Token): token is T & Token =>
    token.type === type;
const read = (path: string) => readFileSync(path, 'utf8');

/** As GitHub names the headings of a page. */
function anchors(markdown: string): string[] {
  const slugger = new GithubSlugger();
  const headings = tokensOf(markdown).filter(isA<Tokens.Heading>('heading'));
  return headings.map(({ tokens }) => slugger.slug(textOf(tokens)));
}
const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => ('tokens' in token && token.tokens ? textOf(token.tokens) : 'text' in token ? token.text : ''))
    .join('');

/** What is wrong with the links of a page that lies at `path`. */
function deadLinks(path: string, markdown: string): string[] {
  const links = tokensOf(markdown).filter(isA<Tokens.Link>('link'));
  return links.flatMap(({ href, text }) => {
    if (/^[a-z]+:/.test(href)) return [];
    const [file = '', anchor] = href.split('#');
    const target = file === '' ? path : join(dirname(path), decodeURI(file));
    if (file !== '' && !existsSync(target)) return [`[${text}](${href}): there is no such file`];
    const named = /^decision (\d+)$/.exec(text)?.[1];
    if (named !== undefined && Number(named) !== Number.parseInt(basename(target), 10))
      return [`[${text}](${href}): that is another decision`];
    if (anchor === undefined) return [];
    const known = anchors(target === path ? markdown : read(target));
    return known.includes(anchor) ? [] : [`[${text}](${href}): the headings are ${known.join(', ')}`];
  });
}

/** Rows with more or fewer cells than their header: what is over is not shown. */
function oddRows(markdown: string): string[] {
  const cells = (row: string) =>
    row
      .trim()
      .replace(/^\||(?<!\\)\|$/g, '')
      .split(/(?<!\\)\|/).length;
  return tokensOf(markdown)
    .filter(isA<Tokens.Table>('table'))
    .flatMap(({ raw, header }) =>
      raw
        .trim()
        .split('\n')
        .filter((row) => cells(row) !== header.length),
    );
}

describe.each(pages)('%s', (name) => {
  const path = join(root, name);
  it('links to files, headings and decisions that are there', () => expect(deadLinks(path, read(path))).toEqual([]));
  it('has tables whose rows have as many cells as their header', () => expect(oddRows(read(path))).toEqual([]));
});

describe('what is looked at', () => {
  it('are the pages of every folder', () =>
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/cli.md', 'local/behaviour/s3.md'])));

  const here = join(root, 'docs', 'images.md');
  it.each([
    '[farm](farms.md)',
    '[farm](farm.md#no-such-heading)',
    '[here](#there)\n\n# Here',
    '[decision 11](decisions/0014-what-runs-in-a-task-of-the-farm.md)',
  ])('%j is a dead link', (markdown) => expect(deadLinks(here, markdown)).toHaveLength(1));

  it.each([
    '[farm](farm.md#limits), [AWS](https://aws.amazon.com)',
    '[decision 14](decisions/0014-what-runs-in-a-task-of-the-farm.md)',
    '[that](#the-bbf-command-1)\n\n# The `bbf` command\n\n# The bbf command',
  ])('%j is none', (markdown) => expect(deadLinks(here, markdown)).toEqual([]));

  it('is a bar in code as well', () =>
    expect(oddRows('| a | b |\n|---|---|\n| `x|y` | z |\n| `x\\|y` | z |\n')).toEqual(['| `x|y` | z |']));
});

describe('the source', () => {
  const decisions = readdirSync(join(root, 'docs', 'decisions')).map((name) => name.slice(0, 4));
  const sources = ['', ...folders]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: folder !== '' }).map((name) => join(root, folder, String(name))),
    )
    .filter((path) => path.endsWith('.ts'));

  it('names decisions that there are in its comments', () => {
    const named = sources.flatMap((path) =>
      [...read(path).matchAll(/docs\/decisions\/(\d{4})/g)].map(([, number]) => ({
        number,
        path: relative(root, path),
      })),
    );
    expect(named.filter(({ number }) => !decisions.includes(number ?? ''))).toEqual([]);
  });

  it('has files of under 300 lines, as CONTRIBUTING.md says', () => {
    const lines = (path: string) => read(path).trimEnd().split('\n').length;
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.filter((path) => lines(path) >= 300).map((path) => relative(root, path))).toEqual([]);
  });
});
