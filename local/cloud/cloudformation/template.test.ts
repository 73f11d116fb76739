/** Templates: what their text means, what is refused and in which words, what intrinsics give. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import { describe, expect, it } from 'vitest';
import { evaluate, type Scope } from './intrinsics.ts';
import { resolveParameters } from './parameters.ts';
import { prepare } from './prepared.ts';
import { parseTemplate, type Template } from './template.ts';

const PLACE = { region: 'eu-west-1', account: '111122223333', knownTypes: new Set(['Test::Thing']) };
const IDENTITY = { id: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1', name: 's', notificationArns: [] };
const prepared = (template: object, parameters: Record<string, string> = {}) =>
  prepare({ templateBody: JSON.stringify(template), parameters, tags: {} }, IDENTITY, PLACE);
const A = { Type: 'Test::Thing' };

describe('parseTemplate', () => {
  it('takes short tags of YAML for what they stand for', () => {
    const text = [
      'Resources:',
      '  A:',
      '    Type: Test::Thing',
      '    Properties:',
      '      One: !Ref X',
      '      Two: !GetAtt A.Stream.Arn',
      '      Three: !Join [",", [!Ref X, b]]',
      '      Four: !Sub "${X}-${AWS::Region}"',
      '      Five: !If [C, !Ref "AWS::NoValue", 5]',
      '      Six: !Base64',
      '        Fn::Sub: hello',
      '      Seven: !Select [0, !GetAZs ""]',
      '      Eight: !GetAtt [A, Arn]',
      '      Nine: {"Fn::Not": [!Condition C]}',
    ].join('\n');
    expect((parseTemplate(text) as unknown as Template).Resources.A?.Properties).toEqual({
      One: { Ref: 'X' },
      Two: { 'Fn::GetAtt': ['A', 'Stream.Arn'] },
      Three: { 'Fn::Join': [',', [{ Ref: 'X' }, 'b']] },
      Four: { 'Fn::Sub': '${X}-${AWS::Region}' },
      Five: { 'Fn::If': ['C', { Ref: 'AWS::NoValue' }, 5] },
      Six: { 'Fn::Base64': { 'Fn::Sub': 'hello' } },
      Seven: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      Eight: { 'Fn::GetAtt': ['A', 'Arn'] },
      Nine: { 'Fn::Not': [{ Condition: 'C' }] },
    });
  });
  it.each([
    ['broken JSON', '{"Resources": ', /^Template format error: JSON not well-formed/],
    [
      'broken YAML',
      'Resources:\n  - a\n b: c',
      /^Template format error: YAML not well-formed. \(line \d+, column \d+\)$/,
    ],
    ['a twice given key', 'A: 1\nA: 2', /YAML not well-formed. \(line 2/],
    ['a list', '- a', /^Template format error: unsupported structure.$/],
    ['nothing', '', /^Template format error: unsupported structure.$/],
  ])('refuses %s', (_, text, message) => expect(() => parseTemplate(text)).toThrow(message));
});

describe('a template is refused', () => {
  const cases: [string, object, string][] = [
    ['without resources', { Resources: {} }, 'Template format error: At least one Resources member must be defined.'],
    ['with an unknown section', { Resources: { A }, Foo: 1 }, 'Invalid template property or properties [Foo]'],
    ['with an unknown member', { Resources: { A: { ...A, Foo: 1 } } }, "Invalid template resource property 'Foo'"],
    [
      'with an unknown type',
      { Resources: { A: { Type: 'X::Y' } } },
      'Template format error: Unrecognized resource types: [X::Y]',
    ],
    [
      'without a type',
      { Resources: { A: {} } },
      'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    ],
    [
      'with an unresolved Ref',
      { Resources: { A: { ...A, Properties: { P: { Ref: 'Z' } } } } },
      'Template format error: Unresolved resource dependencies [Z] in the Resources block of the template',
    ],
    [
      'with an unresolved Sub',
      { Resources: { A: { ...A, Properties: { P: { 'Fn::Sub': '${Z}' } } } } },
      'Template format error: Unresolved resource dependencies [Z] in the Resources block of the template',
    ],
    [
      'with an unresolved DependsOn',
      { Resources: { A: { ...A, DependsOn: 'Z' } } },
      'Template format error: Unresolved resource dependencies [Z] in the Resources block of the template',
    ],
    [
      'with an unresolved output',
      { Resources: { A }, Outputs: { O: { Value: { Ref: 'Z' } } } },
      'Template format error: Unresolved resource dependencies [Z] in the Outputs block of the template',
    ],
    [
      'with an unresolved GetAtt',
      { Resources: { A: { ...A, Properties: { P: { 'Fn::GetAtt': ['Z', 'Arn'] } } } } },
      'Template error: instance of Fn::GetAtt references undefined resource Z',
    ],
    [
      'with a circle',
      {
        Resources: {
          A: { ...A, DependsOn: 'B' },
          B: { ...A, Properties: { P: { Ref: 'A' } } },
          C: { ...A, DependsOn: 'A' },
        },
      },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'with an unknown condition',
      { Resources: { A: { ...A, Condition: 'C' } } },
      'Template format error: Unresolved condition dependency C in the Resources block of the template',
    ],
    [
      'with a Ref to what its condition leaves out',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: { ...A, Condition: 'No' }, B: { ...A, Properties: { P: { Ref: 'A' } } } },
      },
      'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    ],
  ];
  it.each(cases)('%s', (_, template, message) => expect(() => prepared(template)).toThrow(message));
});

describe('parameters', () => {
  const values = (declaration: object, given: string | undefined) =>
    resolveParameters(
      { Parameters: { P: { Type: 'String', ...declaration } }, Resources: {} } as Template,
      given === undefined ? [] : [{ ParameterKey: 'P', ParameterValue: given }],
      { P: 'old' },
    );
  const refused: [string, object, string | undefined, string][] = [
    ['a missing one', {}, undefined, 'Parameters: [P] must have values'],
    ['a value that is not allowed', { AllowedValues: ['a'] }, 'b', "Parameter 'P' must be one of AllowedValues"],
    ['a value that breaks the pattern', { AllowedPattern: '[a-z]+' }, 'a1', "Parameter 'P' must match pattern [a-z]+"],
    [
      'a broken constraint with its own words',
      { AllowedPattern: 'a', ConstraintDescription: 'be a' },
      'b',
      "Parameter 'P' failed to satisfy constraint: be a",
    ],
    ['no number', { Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    ['too small a number', { Type: 'Number', MinValue: 3 }, '2', "Parameter 'P' must be a number not less than 3"],
    ['more than 4,096 bytes', {}, 'é'.repeat(2_049), "Parameter 'P' must contain at most 4096 bytes"],
    ['too long a text', { MaxLength: 1 }, 'ab', "Parameter 'P' must contain at most 1 characters"],
  ];
  it.each(refused)('refuse %s', (_, declaration, given, message) =>
    expect(() => values(declaration, given)).toThrow(message),
  );
  it('refuse a key that the template lacks', () => {
    expect(() =>
      resolveParameters({ Resources: {} } as Template, [{ ParameterKey: 'Q', ParameterValue: '' }], {}),
    ).toThrow('Parameters: [Q] do not exist in the template');
  });
  it('take what is given, else the default, and the previous value on request', () => {
    expect(values({ Default: 5 }, undefined)).toEqual({ P: '5' });
    expect(values({ Default: 5 }, '')).toEqual({ P: '' });
    const template = { Parameters: { P: { Type: 'String', Default: 'd' } }, Resources: {} } as Template;
    expect(resolveParameters(template, [{ ParameterKey: 'P', UsePreviousValue: true }], { P: 'old' })).toEqual({
      P: 'old',
    });
  });
});

describe('conditions', () => {
  const template = {
    Parameters: { Env: { Type: 'String' } },
    Conditions: {
      Prod: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] },
      NotProd: { 'Fn::Not': [{ Condition: 'Prod' }] },
      Both: { 'Fn::And': [{ Condition: 'Prod' }, { Condition: 'NotProd' }] },
      Either: { 'Fn::Or': [{ Condition: 'Prod' }, { Condition: 'NotProd' }] },
    },
    Resources: {
      A: { ...A, Condition: 'Prod' },
      B: {
        ...A,
        Properties: {
          Count: { 'Fn::If': ['Prod', 3, { Ref: 'AWS::NoValue' }] },
          List: [
            'x',
            { 'Fn::If': ['Both', 'never', { Ref: 'AWS::NoValue' }] },
            { 'Fn::If': ['Either', { Ref: 'Env' }, ''] },
          ],
        },
      },
    },
  };
  it.each([
    ['prod', ['A', 'B'], { Count: 3, List: ['x', { Ref: 'Env' }] }],
    ['test', ['B'], { List: ['x', { Ref: 'Env' }] }],
  ])('decide for %s', (env, names, properties) => {
    const { resources } = prepared(template, { Env: env });
    expect([Object.keys(resources), resources.B?.properties]).toEqual([names, properties]);
  });
});

describe('intrinsics', () => {
  const scope: Scope = {
    ref: (name) => `ref-${name}`,
    attribute: (id, name) => `${id}/${name}`,
    importValue: (name) => `imported-${name}`,
    mappings: { M: { k: { v: ['a', 'b'] } } },
    region: 'eu-west-1',
  };
  const cases: [object, unknown][] = [
    [{ Ref: 'X' }, 'ref-X'],
    [{ 'Fn::GetAtt': ['A', 'B.C'] }, 'A/B.C'],
    [{ 'Fn::GetAtt': 'A.B.C' }, 'A/B.C'],
    [{ 'Fn::Sub': '${X}:${A.B}:${!Literal}' }, 'ref-X:A/B:${Literal}'],
    [{ 'Fn::Sub': ['${own}-${X}', { own: { Ref: 'Y' } }] }, 'ref-Y-ref-X'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'X' }]] }, 'a-ref-X'],
    [{ 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [{ 'Fn::Split': ['|', 'a|b'] }, ['a', 'b']],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'X' }] }] }, 'X'],
    [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    [{ 'Fn::ImportValue': { 'Fn::Sub': '${X}' } }, 'imported-ref-X'],
    [{ 'Fn::FindInMap': ['M', 'k', 'v'] }, ['a', 'b']],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    [
      { a: [{ Ref: 'X' }], b: { c: 1 } },
      { a: ['ref-X'], b: { c: 1 } },
    ],
  ];
  it.each(cases)('%j', (value, expected) => expect(evaluate(value, scope)).toEqual(expected));
  it.each([
    [{ 'Fn::Unheard': 1 }, /does not implement the function Fn::Unheard/],
    [{ 'Fn::Select': [5, ['a']] }, /nonexistent value at index 5/],
    [
      { 'Fn::FindInMap': ['N', 'k', 'v'] },
      "Template error: Mapping named 'N' is not present in the 'Mappings' section of template.",
    ],
    [{ 'Fn::FindInMap': ['M', 'k', 'w'] }, 'Template error: Unable to get mapping for M::k::w'],
  ])('refuses %j', (value, message) => expect(() => evaluate(value, scope)).toThrow(message));
});
