/** Resource-based policies of functions: who outside the account's own roles may invoke them. */
import type { AddPermissionCommandInput } from '@aws-sdk/client-lambda';
import { ServiceError } from '../kernel.ts';
import { wild } from '../policy-pattern.ts';
import { findFunction, invalid, type LambdaFunction, type LambdaParts, type PolicyStatement } from './state.ts';

type OnFunction = { FunctionName: string | undefined };

export function createPermissions(parts: LambdaParts) {
  return {
    addPermission(input: AddPermissionCommandInput) {
      const lambda = findFunction(parts, input.FunctionName);
      const sid = input.StatementId ?? '';
      if (!/^[a-zA-Z0-9-_]{1,100}$/.test(sid))
        throw invalid(`Value '${sid}' at 'statementId' is not valid: [a-zA-Z0-9-_]{1,100}`);
      if (lambda.policy.some(({ Sid }) => Sid === sid))
        throw new ServiceError(
          'ResourceConflictException',
          `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          409,
        );
      const statement = statementOf(input, lambda);
      lambda.policy.push(statement);
      parts.world.changed('lambda');
      return { Statement: JSON.stringify(statement) };
    },
    removePermission({ FunctionName, StatementId }: OnFunction & { StatementId: string | undefined }): void {
      const lambda = findFunction(parts, FunctionName);
      const kept = lambda.policy.filter(({ Sid }) => Sid !== StatementId);
      if (kept.length === lambda.policy.length)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Statement ${StatementId} is not found in resource policy.`,
          404,
        );
      lambda.policy = kept;
      parts.world.changed('lambda');
    },
    getPolicy({ FunctionName }: OnFunction) {
      const lambda = findFunction(parts, FunctionName);
      if (lambda.policy.length === 0)
        throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
      const document = { Version: '2012-10-17', Id: 'default', Statement: lambda.policy };
      return { Policy: JSON.stringify(document), RevisionId: lambda.revisionId };
    },
  };
}

function statementOf(input: AddPermissionCommandInput, lambda: LambdaFunction): PolicyStatement {
  const { Action = '', Principal = '', SourceArn, SourceAccount, FunctionUrlAuthType, InvokedViaFunctionUrl } = input;
  if (!/^(lambda:[a-zA-Z*]+|\*)$/.test(Action))
    throw invalid(`Value '${Action}' at 'action' is not an action of Lambda.`);
  const equals = {
    ...(SourceAccount === undefined ? {} : { 'AWS:SourceAccount': SourceAccount }),
    ...(FunctionUrlAuthType === undefined ? {} : { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(InvokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) } }),
  };
  return {
    Sid: input.StatementId ?? '',
    Effect: 'Allow',
    Principal: principalOf(Principal),
    Action,
    Resource: lambda.arn,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function principalOf(principal: string): PolicyStatement['Principal'] {
  if (principal === '*') return '*';
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: principal };
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[\w-]*:(iam|sts)::\d{12}:/.test(principal)) return { AWS: principal };
  throw invalid('The provided principal was invalid. Please check the principal and try again.');
}

/** Whether a service of AWS may invoke the function on behalf of the resource `sourceArn` of this account. */
export function serviceMayInvoke(lambda: LambdaFunction, service: string, sourceArn: string): boolean {
  return lambda.policy.some(
    ({ Principal, Action, Condition = {} }) =>
      (Principal === '*' || ('Service' in Principal && Principal.Service === service)) &&
      covers(Action, 'lambda:InvokeFunction') &&
      arnLike(Condition.ArnLike?.['AWS:SourceArn'], sourceArn) &&
      equalsOrAbsent(Condition.StringEquals?.['AWS:SourceAccount'], sourceArn.split(':')[4] ?? ''),
  );
}

/** Whether anyone may call the function's URL unsigned; that takes a statement too, not only the auth type NONE. */
export function anyoneMayCallUrl(lambda: LambdaFunction): boolean {
  return lambda.policy.some(
    ({ Principal, Action, Condition }) =>
      Principal === '*' &&
      covers(Action, 'lambda:InvokeFunctionUrl') &&
      equalsOrAbsent(Condition?.StringEquals?.['lambda:FunctionUrlAuthType'], 'NONE'),
  );
}

const covers = (granted: string, action: string) => granted === action || granted === 'lambda:*' || granted === '*';
const equalsOrAbsent = (wanted: string | undefined, value: string) => wanted === undefined || wanted === value;

function arnLike(pattern: string | undefined, arn: string): boolean {
  return pattern === undefined || wild(pattern).test(arn);
}
