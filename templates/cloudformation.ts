/** The few types of a CloudFormation template, and the intrinsics that bbf's templates use. */

export type Value = string | number | boolean | Value[] | { [key: string]: Value };

export interface Parameter {
  Type: 'String' | 'Number' | 'CommaDelimitedList';
  Description: string;
  Default?: string;
  AllowedValues?: string[];
}

export interface Resource {
  Type: string;
  Properties?: { [key: string]: Value };
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: 'Retain' | 'Delete';
  UpdateReplacePolicy?: 'Retain' | 'Delete';
}

export interface Output {
  Description: string;
  Value: Value;
  Export?: { Name: Value };
}

export interface Template {
  AWSTemplateFormatVersion: '2010-09-09';
  Description: string;
  Parameters: Record<string, Parameter>;
  Conditions?: Record<string, Value>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, Output>;
}

export const ref = (logicalId: string): Value => ({ Ref: logicalId });
export const getAtt = (logicalId: string, attribute: string): Value => ({ 'Fn::GetAtt': [logicalId, attribute] });
export const sub = (text: string): Value => ({ 'Fn::Sub': text });
export const iff = (condition: string, yes: Value, no: Value): Value => ({ 'Fn::If': [condition, yes, no] });
export const importValue = (name: string): Value => ({ 'Fn::ImportValue': name });
export const noValue: Value = { Ref: 'AWS::NoValue' };
