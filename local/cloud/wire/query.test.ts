/** Forms in and XML out, judged by the parser that the SDK's clients would feed. */
import { describe, expect, it } from 'vitest';
import { type Caller, ServiceError, type WireRequest } from '../kernel.ts';
import { queryProtocol } from './query.ts';
import { parseQuery } from './query-input.ts';
import { parseXml } from './xml.ts';

const caller: Caller = { accessKeyId: 'AKIA', arn: 'arn', account: '000000000000', userId: 'AIDA' };
const post = (form: string): WireRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.from(form),
});

describe('parseQuery', () => {
  const cases: [string, string, unknown][] = [
    ['a list of structures', 'P.member.1.K=a&P.member.2.K=b', { P: [{ K: 'a' }, { K: 'b' }] }],
    [
      'more than nine members',
      Array.from({ length: 11 }, (_, n) => `P.member.${n + 1}=${n}`).join('&'),
      { P: [...Array(11).keys()].map(String) },
    ],
    ['a map', 'M.entry.1.key=a&M.entry.1.value=b', { M: { a: 'b' } }],
    [
      'EC2 filters',
      'Filter.1.Name=n&Filter.1.Value.1=x&Filter.1.Value.2=y',
      { Filter: [{ Name: 'n', Value: ['x', 'y'] }] },
    ],
    ['escapes', 'A=a%26b+c', { A: 'a&b c' }],
    ['a name of the prototype', '__proto__.x=1&A=2', { A: '2' }],
  ];
  it.each(cases)('%s', (_, form, expected) => expect(parseQuery(form)).toMatchObject(expected as object));
  it('pollutes no prototype', () => {
    parseQuery('__proto__.polluted=1&constructor.prototype.polluted=1');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('queryProtocol', () => {
  const handler = queryProtocol('urn:test', {
    Echo: (input) => ({ Names: input.Names, Nested: { Count: 2, Absent: undefined, Text: '<&>"' }, None: [] }),
    Fail: () => {
      throw new ServiceError('ValidationError', 'a < b');
    },
  });
  it('wraps results and lists', async () => {
    const answer = await handler(post('Action=Echo&Names.member.1=a&Names.member.2=b'), caller);
    expect(parseXml(answer.body as string)).toMatchObject({
      EchoResult: { Names: { member: ['a', 'b'] }, Nested: { Count: '2', Text: '<&>"' } },
    });
    expect(answer.body).toContain('<EchoResponse xmlns="urn:test">');
    expect(answer.body).not.toContain('Absent');
  });
  it('answers errors in its own shape', async () => {
    const answer = await handler(post('Action=Fail'), caller);
    expect(answer.status).toBe(400);
    expect(parseXml(answer.body as string)).toMatchObject({
      Error: { Type: 'Sender', Code: 'ValidationError', Message: 'a < b' },
    });
  });
  it('refuses what it does not know', async () => {
    const answer = await handler(post('Action=toString'), caller);
    expect(answer.body).toContain('InvalidAction');
  });
  it('speaks the style of EC2', async () => {
    const ec2 = queryProtocol('urn:ec2', { DescribeX: () => ({ xSet: [{ id: 'a' }] }) }, { style: 'ec2' });
    const answer = await ec2(post('Action=DescribeX'), caller);
    expect(parseXml(answer.body as string)).toMatchObject({ xSet: { item: { id: 'a' } } });
  });
});
