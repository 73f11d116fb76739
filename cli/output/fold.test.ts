import { expect, it } from 'vitest';
import { createColors } from './colors.ts';
import { folded } from './fold.ts';

const text =
  'bbf: error: there is no pool gpu in cluster main, which has the pools default and arm\n  try: bbf pools\n';

it('breaks a note between words, and what is left of it stands further in', () => {
  expect(folded(text, 40)).toBe(
    [
      'bbf: error: there is no pool gpu in',
      '    cluster main, which has the pools',
      '    default and arm',
      '  try: bbf pools',
      '',
    ].join('\n'),
  );
});

it('breaks the last column of a row', () => {
  const row = 'create  2  AWS::EC2::SubnetRouteTableAssociation  SubnetARoutes, SubnetBRoutes, SubnetCRoutes';
  const column = ' '.repeat(row.indexOf('SubnetA'));
  expect(folded(row, 80)).toBe(row.replace(' SubnetCRoutes', `\n${column}SubnetCRoutes`));
  expect(folded(row, 60)).toBe(row.replace('  SubnetA', '\n    SubnetA'));
});

it('counts what is seen of a coloured one', () => {
  const { red } = createColors(true);
  expect(folded(red('one two three'), 13)).toBe(red('one two three'));
  expect(folded(red('one two three'), 11)).toBe(red('one two\n    three'));
});

it.each([85, Number.POSITIVE_INFINITY])('leaves alone what fits into %d columns', (width) =>
  expect(folded(text, width)).toBe(text),
);

it('gives a word that is longer than the line one of its own', () => {
  const path = `/${'long/'.repeat(10)}path`;
  expect(folded(`no file ${path} here`, 20)).toBe(`no file\n    ${path}\n    here`);
});
