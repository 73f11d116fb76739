import { describe, expect, it } from 'vitest';
import { parseCluster } from './parse.ts';

const text = (spec: unknown) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });

/** Where a problem is and what it says, with the three parts of its advice. */
function told(source: string): unknown[][] {
  const parsed = parseCluster(source);
  const problems = parsed.ok ? [] : parsed.problems;
  return problems.map(({ pointer, message, seen, expected, fix }) => [pointer, message, seen, expected, fix]);
}

/** Rows of a table whose columns stand between bars. */
const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((row) => row.split(' | ')) as string[][];

// what | spec | pointer | message | seen | expected | fix
const TABLE = rows(`
a misspelt field | {"pools":{"a":{"worker":3}}} | /spec/pools/a/worker | there is no field "worker" here | 3 | one of workers, workersMax, cpu, memoryMiB, diskGiB, slots, architecture, capacity, onDemandBase, platform | did you mean "workers"?
another case | {"pools":{"a":{"MemoryMib":1}}} | /spec/pools/a/MemoryMib | there is no field "MemoryMib" here | 1 | one of workers, workersMax, cpu, memoryMiB, diskGiB, slots, architecture, capacity, onDemandBase, platform | did you mean "memoryMiB"?
a stranger | {"pools":{"a":{"colour":[1]}}} | /spec/pools/a/colour | there is no field "colour" here | [1] | one of workers, workersMax, cpu, memoryMiB, diskGiB, slots, architecture, capacity, onDemandBase, platform | remove "colour"
a field with a slash | {"pools":{"a":{"a/b~":0}}} | /spec/pools/a/a~1b~0 | there is no field "a/b~" here | 0 | one of workers, workersMax, cpu, memoryMiB, diskGiB, slots, architecture, capacity, onDemandBase, platform | remove "a/b~"
a number in quotes | {"pools":{"a":{"slots":"8"}}} | /spec/pools/a/slots | slots is a string where an integer belongs | "8" | an integer | remove the quotes: 8
a word for a number | {"pools":{"a":{"slots":"many"}}} | /spec/pools/a/slots | slots is a string where an integer belongs | "many" | an integer | write an integer
an empty text for a number | {"pools":{"a":{"slots":" "}}} | /spec/pools/a/slots | slots is a string where an integer belongs | " " | an integer | write an integer
a fraction | {"pools":{"a":{"slots":1.5}}} | /spec/pools/a/slots | slots is a number where an integer belongs | 1.5 | an integer | write an integer
null | {"pools":{"a":{"slots":null}}} | /spec/pools/a/slots | slots is null where an integer belongs | null | an integer | write an integer
an array | {"pools":[]} | /spec/pools | pools is an array where an object belongs | [] | an object | write an object
a boolean in quotes | {"suspend":"true"} | /spec/suspend | suspend is a string where a boolean belongs | "true" | a boolean | remove the quotes: true
the other boolean in quotes | {"suspend":"false"} | /spec/suspend | suspend is a string where a boolean belongs | "false" | a boolean | remove the quotes: false
a boolean for a text | {"pools":{"a":{"platform":{"cores":true}}}} | /spec/pools/a/platform/cores | cores is a boolean where a string belongs | true | a string | put it in quotes: "true"
a boolean in quotes for a text’s object | {"server":"true"} | /spec/server | server is a string where an object belongs | "true" | an object | write an object
a short slip of three letters | {"budget":{"usdPerWk":1}} | /spec/budget/usdPerWk | there is no field "usdPerWk" here | 1 | one of usdPerHour, usdPerDay | remove "usdPerWk"
a slip of a third of its letters | {"budget":{"usdPerMin":1}} | /spec/budget/usdPerMin | there is no field "usdPerMin" here | 1 | one of usdPerHour, usdPerDay | did you mean "usdPerDay"?
a slip of two letters | {"scaling":{"que":true}} | /spec/scaling/que | there is no field "que" here | true | one of idleAfter, queue, scaleInAfter, schedules | did you mean "queue"?
another word for a boolean | {"suspend":"yes"} | /spec/suspend | suspend is a string where a boolean belongs | "yes" | a boolean | write a boolean
a number for a text | {"pools":{"a":{"platform":{"cores":4}}}} | /spec/pools/a/platform/cores | cores is a number where a string belongs | 4 | a string | put it in quotes: "4"
an object for a text | {"pools":{"a":{"platform":{"cores":{}}}}} | /spec/pools/a/platform/cores | cores is an object where a string belongs | {} | a string | write a string
too few | {"pools":{"a":{"slots":0}}} | /spec/pools/a/slots | slots is too small | 0 | >= 1 | write 1
too many | {"pools":{"a":{"diskGiB":500}}} | /spec/pools/a/diskGiB | diskGiB is too large | 500 | <= 200 | write 200
no budget at all | {"budget":{"usdPerHour":0}} | /spec/budget/usdPerHour | usdPerHour is too small | 0 | > 0 | write a number > 0
a near miss of a word | {"pools":{"a":{"capacity":"ondemand"}}} | /spec/pools/a/capacity | capacity has a value that it can not have | "ondemand" | one of "spot", "on-demand" | write "on-demand"
a word of another type | {"pools":{"a":{"capacity":1}}} | /spec/pools/a/capacity | capacity has a value that it can not have | 1 | one of "spot", "on-demand" | write "spot"
no duration | {"scaling":{"idleAfter":"20 min"}} | /spec/scaling/idleAfter | idleAfter has not the form that it needs | "20 min" | a duration like "20m" or "1h30m" | write it in that form
an image with a space | {"engine":{"server":"a b"}} | /spec/engine/server | server has not the form that it needs | "a b" | a text without spaces | write it in that form
a pool’s name | {"pools":{"A-1":{}}} | /spec/pools/A-1 | "A-1" can not be a name | "A-1" | lower-case letters and digits, in parts joined by single dashes, a letter first | choose another name
a pool’s name with two dashes | {"pools":{"a--b":{}}} | /spec/pools/a--b | "a--b" can not be a name | "a--b" | lower-case letters and digits, in parts joined by single dashes, a letter first | choose another name
a member of every object | {"pools":{"constructor":{}}} | /spec/pools/constructor | "constructor" can not be a name | "constructor" | a name other than "constructor" | choose another name
a long pool’s name | {"pools":{"abcdefghijklmnopqrstuvwxy":{}}} | /spec/pools/abcdefghijklmnopqrstuvwxy | "abcdefghijklmnopqrstuvwxy" can not be a name | "abcdefghijklmnopqrstuvwxy" | at most 24 characters | choose another name
a line break in a property | {"pools":{"a":{"platform":{"size":"big\\nbuild"}}}} | /spec/pools/a/platform/size | size has not the form that it needs | "big\\nbuild" | a text without control characters, such as line breaks | write it in that form
a control in a property’s name | {"pools":{"a":{"platform":{"\\u009bm":"x"}}}} | /spec/pools/a/platform/\u009bm | "\u009bm" can not be a name | "\u009bm" | characters without “=” and without controls, such as line breaks | choose another name
a property without a name | {"pools":{"a":{"platform":{"":"x"}}}} | /spec/pools/a/platform/ | "" can not be a name | "" | characters without “=” and without controls, such as line breaks | choose another name
an equals sign in a property’s name | {"pools":{"a":{"platform":{"a=b":"c"}}}} | /spec/pools/a/platform/a=b | "a=b" can not be a name | "a=b" | characters without “=” and without controls, such as line breaks | choose another name
a budget in quotes | {"budget":{"usdPerHour":"10"}} | /spec/budget/usdPerHour | usdPerHour is a string where a number belongs | "10" | a number | remove the quotes: 10
a number in quotes for a boolean | {"suspend":"3"} | /spec/suspend | suspend is a string where a boolean belongs | "3" | a boolean | write a boolean
a tombstone of nobody | {"delete":{"uid":""}} | /spec/delete/uid | uid must NOT have fewer than 1 characters | "" | must NOT have fewer than 1 characters | change it so
`);

describe('what breaks the schema is told in words', () => {
  it.each(TABLE)('%s', (_, spec = '', ...problem) => expect(told(text(JSON.parse(spec)))).toEqual([problem]));

  it('a number that is too large to be one is not shown as null', () => {
    const endless = text({ pools: { a: { slots: 77 } } }).replace('77', '1e400');
    expect(told(endless)).toEqual([
      [
        '/spec/pools/a/slots',
        'slots is a number where an integer belongs',
        'Infinity',
        'an integer',
        'write an integer',
      ],
    ]);
  });

  it('a value as long as a line allows is shown whole', () => {
    expect(told(text({ suspend: 'x'.repeat(78) }))[0]?.[2]).toBe(`"${'x'.repeat(78)}"`);
  });

  it('a long value is cut where it is shown', () => {
    const [problem] = told(text({ suspend: 'x'.repeat(200) }));
    expect(problem?.[2]).toBe(`"${'x'.repeat(78)}…`);
  });
});
