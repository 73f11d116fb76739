import { describe, expect, it } from 'vitest';
import { type JsonText, readJson, readProgramJson } from './json-text.ts';

const problems = (text: string) => {
  const read = readJson(text);
  return read.ok ? [] : read.problems;
};

describe('readJson', () => {
  it('skips a byte order mark and counts places without it', () => {
    const read = readJson('\uFEFF{"a": 1}');
    expect(read).toMatchObject({ ok: true, value: { a: 1 } });
    expect(read.ok && read.placeOf('/a')).toEqual({ line: 1, column: 7 });
  });

  it.each([
    ['\n', { line: 3, column: 5 }],
    ['\r\n', { line: 3, column: 5 }],
    ['\r', { line: 3, column: 5 }],
  ])('counts lines that end with %j', (end, place) => {
    const read = readJson(['{"x": [0,', '1],', '"y":7}'].join(end));
    expect(read.ok && read.placeOf('/y')).toEqual(place);
    expect(read.ok && read.placeOf('/y', 'key')).toEqual({ line: 3, column: 1 });
    expect(read.ok && read.placeOf('/x/1')).toEqual({ line: 2, column: 1 });
    expect(read.ok && read.placeOf('/x/1', 'key')).toEqual({ line: 2, column: 1 });
    expect(read.ok && read.placeOf('')).toEqual({ line: 1, column: 1 });
    expect(read.ok && read.placeOf('/z/deeper')).toBeUndefined();
  });

  it('finds fields whose names hold the signs of a pointer', () => {
    const read = readJson('{"a/b": {"c~d": 1, "~1": 2}}');
    expect(read.ok && read.placeOf('/a~1b/c~0d')).toEqual({ line: 1, column: 17 });
    expect(read.ok && read.placeOf('/a~1b/~01')).toEqual({ line: 1, column: 26 });
  });

  it('keeps a field named __proto__ a field', () => {
    const read = readJson('{"__proto__": {"a": 1}}');
    expect(read.ok && Object.keys(read.value as object)).toEqual(['__proto__']);
  });

  it.each([
    ['', 'the document is empty', 1, 1],
    [' \n\t', 'the document is empty', 1, 1],
    ['{\n  "a": 1,\n}', 'the document is not JSON: property name expected', 3, 1],
    ['{"a" 1}', 'the document is not JSON: colon expected', 1, 6],
    ['{"a": 1', 'the document is not JSON: close brace expected', 1, 8],
    ['{"a": 1}}', 'the document is not JSON: end of file expected', 1, 9],
    ['{\n// why\n"a": 1}', 'the document has a comment', 2, 1],
    ['{"a": 1, /* why */ "b": 2', 'the document has a comment', 1, 10],
    ['{"a" x // why\n: 1}', 'the document is not JSON: invalid symbol', 1, 6],
    ["{'a': 1}", 'the document is not JSON: invalid symbol', 1, 2],
    ['{"a": 01}', 'the document is not JSON', 1, 8],
  ])('%j: %s at %d:%d', (text, message, line, column) => {
    const [problem] = problems(text);
    expect(problem).toMatchObject({ pointer: '', line, column, message: expect.stringContaining(message) });
    expect(problem?.expected).toBeTruthy();
    expect(problem?.fix).toBeTruthy();
  });

  it('shows what stands at the place of a slip', () => {
    expect(problems('{"a": oops, "b": 2, "c": 3}')[0]?.seen).toBe('oops, "b": 2, "c": 3'.slice(0, 20));
    expect(problems('{"a": 1')[0]?.seen).toBe('the end of the text');
  });

  it('refuses a field that is there twice, wherever it is', () => {
    const found = problems('{"a": 1,\n "b": [{"c": 1, "c": 2}],\n "a": {"d": 1, "d": 2}}');
    expect(found.map(({ pointer, line, column }) => [pointer, line, column])).toEqual([
      ['/b/0/c', 2, 17],
      ['/a', 3, 2],
      ['/a/d', 3, 16],
    ]);
    expect(found[0]).toMatchObject({
      message: 'c is there twice',
      expected: 'each field once',
      fix: 'keep one of the two',
    });
    expect(problems('[{"a": 1}, {"a": 1}]')).toEqual([]);
  });

  it('refuses what is too deep and takes what is not quite', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(problems(nested(64))).toEqual([]);
    expect(problems(nested(65))).toEqual([
      {
        pointer: '',
        line: 1,
        column: 1,
        message: 'the document is nested too deep',
        expected: 'at most 64 objects and arrays inside each other',
        fix: 'remove what is nested',
      },
    ]);
    const objects = (depth: number) => '{"a":'.repeat(depth) + 0 + '}'.repeat(depth);
    expect(problems(objects(64))).toEqual([]);
    expect(problems(objects(65))[0]?.message).toBe('the document is nested too deep');
    expect(problems(`[${'"text", '.repeat(9)}${nested(64)}]`)[0]?.message, 'text closes nothing').toBe(
      'the document is nested too deep',
    );
    expect(problems(`[${'{"a": []}, [], '.repeat(100)}0]`), 'wide is not deep').toEqual([]);
    expect(problems('['.repeat(100_000))[0]?.message).toBe('the document is nested too deep');
    expect(problems(`{"a": "${'[{'.repeat(100)}", "b": "\\"${'['.repeat(100)}"}`), 'brackets in strings').toEqual([]);
  });

  it('refuses what is too big and takes what is not quite', () => {
    expect(problems(`"${'x'.repeat(512 * 1024 - 2)}"`)).toEqual([]);
    expect(problems(`"${'x'.repeat(512 * 1024 - 1)}"`)).toEqual([
      {
        pointer: '',
        line: 1,
        column: 1,
        message: 'the document is too big',
        seen: '524289 characters',
        expected: 'at most 524288 characters',
        fix: 'leave out what does not belong here',
      },
    ]);
  });
});

describe('readProgramJson', () => {
  const placed = (read: JsonText, pointer: string, part?: 'key') => read.ok && read.placeOf(pointer, part);

  it('reads what a program wrote, and finds places in it when it is asked', () => {
    const read = readProgramJson('{"a":\n[1, 2]}');
    expect(read).toMatchObject({ ok: true, value: { a: [1, 2] } });
    expect(placed(read, '/a/1')).toEqual({ line: 2, column: 5 });
    expect(placed(read, '/a')).toEqual({ line: 2, column: 1 });
    expect(placed(read, '/a', 'key')).toEqual({ line: 1, column: 2 });
  });

  it('does not look for what no program writes: a field that is there twice, endless nesting', () => {
    expect(readProgramJson('{"a": 1, "a": 2}')).toMatchObject({ ok: true, value: { a: 2 } });
    expect(readProgramJson('['.repeat(65) + ']'.repeat(65)).ok).toBe(true);
  });

  it('tells what is wrong as readJson does', () => {
    for (const text of ['', '{"a" 1}', '\uFEFF{"a": 1}']) {
      expect(JSON.stringify(readProgramJson(text))).toBe(JSON.stringify(readJson(text)));
    }
  });

  it('refuses what is too big, and takes what is not quite', () => {
    const text = (length: number) => `"${'x'.repeat(length - 2)}"`;
    expect(readProgramJson(text(512 * 1024)).ok).toBe(true);
    expect(readProgramJson(text(512 * 1024 + 1))).toMatchObject({
      ok: false,
      problems: [{ seen: '524289 characters' }],
    });
  });
});
