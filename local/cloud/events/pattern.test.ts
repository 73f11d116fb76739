/** The pattern matcher as tables; rows follow the examples of EventBridge's user guide. */
import { describe, expect, it } from 'vitest';
import { compilePattern } from './pattern.ts';

const event = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: ['arn:aws:ecs:us-east-1:1:task/bbf/1', 'arn:aws:ecs:us-east-1:1:service/bbf/2'],
  detail: {
    lastStatus: 'RUNNING',
    empty: '',
    nothing: null,
    price: 10.5,
    ok: true,
    list: [],
    ip: '10.0.0.17',
    key: 'clusters/main/leases/a.json',
    containers: [
      { name: 'server', code: 0, inner: { x: 1 } },
      { name: 'worker', code: 1, inner: { x: 2 } },
    ],
  },
};
const detail = (pattern: unknown) => ({ detail: pattern });

const rows: [string, unknown, boolean][] = [
  ['a value', { source: ['aws.ecs'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['one of several values', { source: ['aws.s3', 'aws.ecs'] }, true],
  ['all members', { source: ['aws.ecs'], 'detail-type': ['x'] }, false],
  ['nested members', detail({ lastStatus: ['RUNNING'] }), true],
  ['a list has one of the values', { resources: ['arn:aws:ecs:us-east-1:1:service/bbf/2'] }, true],
  ['a prefix in a list', { resources: [{ prefix: 'arn:aws:ecs:us-east-1:1:service/' }] }, true],
  ['number', detail({ price: [10.5] }), true],
  ['a number is no text', detail({ price: ['10.5'] }), false],
  ['boolean', detail({ ok: [true] }), true],
  ['null', detail({ nothing: [null] }), true],
  ['null is not the empty text', detail({ empty: [null] }), false],
  ['the empty text', detail({ empty: [''] }), true],
  ['prefix', detail({ key: [{ prefix: 'clusters/' }] }), true],
  ['prefix that differs', detail({ key: [{ prefix: 'lusters/' }] }), false],
  ['prefix, ignoring case', detail({ key: [{ prefix: { 'equals-ignore-case': 'CLUSTERS/' } }] }), true],
  ['suffix', detail({ key: [{ suffix: '.json' }] }), true],
  ['suffix, ignoring case', detail({ key: [{ suffix: { 'equals-ignore-case': '.JSON' } }] }), true],
  ['equals-ignore-case', detail({ lastStatus: [{ 'equals-ignore-case': 'running' }] }), true],
  ['wildcard', detail({ key: [{ wildcard: 'clusters/*/leases/*.json' }] }), true],
  ['wildcard that differs', detail({ key: [{ wildcard: 'clusters/*/lease/*' }] }), false],
  ['a dot in a wildcard is a dot', detail({ key: [{ wildcard: '*a?json' }] }), false],
  ['an escaped star', detail({ key: [{ wildcard: 'clusters/\\*' }] }), false],
  ['anything-but', detail({ lastStatus: [{ 'anything-but': 'STOPPED' }] }), true],
  ['anything-but the value', detail({ lastStatus: [{ 'anything-but': 'RUNNING' }] }), false],
  ['anything-but of a list', detail({ lastStatus: [{ 'anything-but': ['STOPPED', 'RUNNING'] }] }), false],
  ['anything-but of numbers', detail({ price: [{ 'anything-but': [1, 2] }] }), true],
  ['anything-but needs the member', detail({ absent: [{ 'anything-but': 'x' }] }), false],
  ['anything-but a prefix', detail({ key: [{ 'anything-but': { prefix: 'clusters/' } }] }), false],
  ['anything-but prefixes', detail({ key: [{ 'anything-but': { prefix: ['a', 'b'] } }] }), true],
  ['anything-but a suffix', detail({ key: [{ 'anything-but': { suffix: '.json' } }] }), false],
  ['anything-but suffixes', detail({ key: [{ 'anything-but': { suffix: ['status.json', 'lock.json'] } }] }), true],
  ['anything-but a wildcard', detail({ key: [{ 'anything-but': { wildcard: '*/leases/*' } }] }), false],
  [
    'anything-but wildcards',
    detail({ key: [{ 'anything-but': { wildcard: ['*/status.json', '*/lock.json'] } }] }),
    true,
  ],
  [
    'anything-but ignoring case',
    detail({ lastStatus: [{ 'anything-but': { 'equals-ignore-case': ['running'] } }] }),
    false,
  ],
  ['exists', detail({ lastStatus: [{ exists: true }] }), true],
  ['exists, absent', detail({ absent: [{ exists: true }] }), false],
  ['exists false', detail({ absent: [{ exists: false }] }), true],
  ['exists false, present', detail({ lastStatus: [{ exists: false }] }), false],
  ['exists false below an absent member', detail({ absent: { inner: [{ exists: false }] } }), true],
  ['an object is no leaf', { detail: [{ exists: true }] }, false],
  ['an empty list holds no value', detail({ list: [{ exists: true }] }), false],
  ['absent or a value', detail({ absent: [{ exists: false }, 'x'] }), true],
  ['numeric range', detail({ price: [{ numeric: ['>', 10, '<=', 20] }] }), true],
  ['numeric range, outside', detail({ price: [{ numeric: ['>', 10.5] }] }), false],
  ['numeric equality', detail({ price: [{ numeric: ['=', 10.5] }] }), true],
  ['cidr', detail({ ip: [{ cidr: '10.0.0.0/24' }] }), true],
  ['cidr, outside', detail({ ip: [{ cidr: '10.0.1.0/24' }] }), false],
  ['cidr of no address', detail({ key: [{ cidr: '10.0.0.0/24' }] }), false],
  ['$or', { $or: [{ source: ['aws.s3'] }, { detail: { ok: [true] } }] }, true],
  ['$or, none', { $or: [{ source: ['aws.s3'] }, { detail: { ok: [false] } }] }, false],
  ['$or beside a member', { source: ['aws.s3'], $or: [{ source: ['aws.ecs'] }, { detail: { ok: [true] } }] }, false],
  [
    'nested $or',
    detail({ $or: [{ lastStatus: ['STOPPED'] }, { stopCode: ['x'], price: [1] }, { price: [10.5] }] }),
    true,
  ],
  ['one element fulfils all', detail({ containers: { name: ['server'], code: [0] } }), true],
  ['different elements do not', detail({ containers: { name: ['server'], code: [1] } }), false],
  ['nested in an element', detail({ containers: { name: ['worker'], inner: { x: [2] } } }), true],
];

const refused: [string, string, RegExp][] = [
  ['no JSON', '{', /Event pattern is not valid\. Reason: /],
  ['no object', '[]', /Filter is not an object/],
  ['empty', '{}', /Empty objects are not allowed/],
  ['an empty list', '{"source":[]}', /Empty arrays are not allowed/],
  ['a bare value', '{"source":"aws.s3"}', /"source" must be an object or an array/],
  ['an unknown operator', '{"source":[{"contains":"x"}]}', /Unrecognized match type contains/],
  ['two operators in one', '{"source":[{"prefix":"x","suffix":"y"}]}', /Only one key allowed/],
  ['a prefix of a number', '{"source":[{"prefix":1}]}', /prefix match pattern must be a string/],
  ['consecutive stars', '{"source":[{"wildcard":"a**"}]}', /Consecutive wildcard characters at pos 1/],
  ['a mixed anything-but', '{"source":[{"anything-but":["a",1]}]}', /mixed type/],
  ['an unknown relation', '{"a":[{"numeric":["!",1]}]}', /Unrecognized numeric range operator/],
  ['no CIDR', '{"a":[{"cidr":"10.0.0/24"}]}', /Malformed CIDR/],
  ['longer than the quota', JSON.stringify({ source: ['x'.repeat(2048)] }), /longer than 2048/],
];

describe('compilePattern', () => {
  it.each(rows)('%s', (_, pattern, expected) => expect(compilePattern(JSON.stringify(pattern))(event)).toBe(expected));
  it.each(refused)('refuses %s', (_, json, reason) => expect(() => compilePattern(json)).toThrow(reason));
});
