import { describe, expect, it } from 'vitest';
import { readText, yamlOf } from './document-text.ts';

const lines = (...text: string[]) => `${text.join('\n')}\n`;

describe('a document in a file', () => {
  it('may be YAML', () => {
    const read = readText(
      lines('apiVersion: bbf/v1', 'kind: Cluster', 'metadata: { name: main }', 'spec:', '  suspend: true'),
    );
    expect(read.ok && JSON.parse(read.json)).toEqual({
      apiVersion: 'bbf/v1',
      kind: 'Cluster',
      metadata: { name: 'main' },
      spec: { suspend: true },
    });
  });

  it('may be YAML in braces, which JSON would want quotes in', () => {
    const read = readText('{ apiVersion: bbf/v1, kind: Cluster, metadata: { name: main }, spec: { suspend: true } }\n');
    expect(read.ok && JSON.parse(read.json).spec).toEqual({ suspend: true });
  });

  it('stays as it is when it is JSON', () => {
    const json = '{"apiVersion":"bbf/v1","kind":"Cluster","metadata":{"name":"main"},\n  "spec":{}}\n';
    expect(readText(json)).toEqual({ ok: true, json });
    expect(yamlOf(json)).toBe(lines('apiVersion: bbf/v1', 'kind: Cluster', 'metadata:', '  name: main', 'spec: {}'));
  });

  const header = ['apiVersion: bbf/v1', 'kind: Cluster', 'metadata: { name: main }', 'spec:'];
  it.each([
    ['a field that nobody knows', ['  pools:', '    default:', '      worker: 3'], '/spec/pools/default/worker', 7, 15],
    ['a number out of its range', ['  pools:', '    default: { workers: -1 }'], '/spec/pools/default/workers', 6, 25],
    ['text where a number belongs', ['  budget:', '    usdPerHour: ten'], '/spec/budget/usdPerHour', 6, 17],
  ])('is told with the line and column of the YAML: %s', (_what, spec, pointer, line, column) => {
    const read = readText(lines(...header, ...spec));
    expect(!read.ok && read.problems[0]).toMatchObject({ pointer, line, column });
  });

  it('may say a thing once, and merge it in elsewhere', () => {
    const pools = ['  pools:', '    a: &big { cpu: 4096, workersMax: 3 }', '    default: { <<: *big, workersMax: 5 }'];
    const read = readText(lines(...header, ...pools));
    expect(read.ok && JSON.parse(read.json).spec.pools.default).toEqual({ cpu: 4096, workersMax: 5 });
  });

  it.each([
    ['an alias of nothing', 'a: *nope\n', /^Unresolved alias/],
    ['what holds itself', 'a: &x [*x]\n', /^an anchor holds itself$/],
    ['nothing', '', /^there is nothing in it$/],
    ['a comment alone', '# soon\n', /^there is nothing in it$/],
    ['two documents', 'a: 1\n---\nb: 2\n', /^a second document begins here$/],
  ])('that is %s is told so', (_what, text, message) => {
    const read = readText(text);
    expect(read).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(message) }] });
  });

  it('that is empty has nothing that could be shown of it', () => {
    const read = readText('');
    expect(!read.ok && read.problems[0]).not.toHaveProperty('seen');
  });

  it.each(['1e400', '.nan', '-.inf'])('with the number %s is told that one, and its line', (number) => {
    const read = readText(lines(...header, '  pools:', `    default: { workers: ${number} }`));
    expect(!read.ok && read.problems).toMatchObject([{ seen: number, line: 6, column: 25 }]);
  });

  it('that is no YAML at all is told in one line', () => {
    const read = readText('a: [\n');
    expect(!read.ok && read.problems).toHaveLength(1);
    expect(!read.ok && read.problems[0]?.message).not.toContain('\n');
  });
});
