/** The AWS::Lambda resource types, as CloudFormation drives them. */
import type {
  AddPermissionCommandInput,
  CreateFunctionUrlConfigCommandInput,
  PutFunctionEventInvokeConfigCommandInput,
} from '@aws-sdk/client-lambda';
import { type ResourceContext, type ResourceProvider, ServiceError } from '../kernel.ts';
import { createFunctionProvider, type FunctionOperations } from './function-provider.ts';
import type { createLimits } from './limits.ts';
import type { createPermissions } from './permissions.ts';
import { findFunction, functionNameOf, type LambdaParts } from './state.ts';
import type { createUrls } from './urls.ts';

type Operations = FunctionOperations &
  ReturnType<typeof createPermissions> &
  ReturnType<typeof createUrls> &
  ReturnType<typeof createLimits>;
type Properties = Record<string, unknown>;

export function createLambdaProviders(lambda: Operations, parts: LambdaParts): ResourceProvider[] {
  return [
    createFunctionProvider(lambda, parts),
    permissionProvider(lambda),
    urlProvider(lambda, parts),
    eventInvokeConfigProvider(lambda, parts),
  ];
}

/** Every change of a permission replaces it; CloudFormation makes up its statement id. */
function permissionProvider(lambda: Operations): ResourceProvider {
  const replacedBy = [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ];
  return {
    type: 'AWS::Lambda::Permission',
    replacedBy,
    create(properties: Properties, context: ResourceContext) {
      const id = context.generatedName(100);
      const viaUrl = properties.InvokedViaFunctionUrl;
      lambda.addPermission({
        ...properties,
        ...(viaUrl === undefined ? {} : { InvokedViaFunctionUrl: String(viaUrl) === 'true' }),
        StatementId: id,
      } as AddPermissionCommandInput);
      return { physicalId: id, attributes: { Id: id } };
    },
    update: () => 'replace',
    delete: (physicalId, { FunctionName }) =>
      unlessGone(() => lambda.removePermission({ FunctionName: String(FunctionName), StatementId: physicalId })),
  };
}

function urlProvider(lambda: Operations, parts: LambdaParts): ResourceProvider {
  const input = ({ TargetFunctionArn, ...rest }: Properties) =>
    ({ ...rest, FunctionName: String(TargetFunctionArn) }) as CreateFunctionUrlConfigCommandInput;
  const outcome = ({ FunctionArn, FunctionUrl }: { FunctionArn: string; FunctionUrl: string }) => ({
    physicalId: FunctionArn,
    attributes: { FunctionArn, FunctionUrl },
  });
  return {
    type: 'AWS::Lambda::Url',
    replacedBy: ['TargetFunctionArn', 'Qualifier'],
    create: (properties) => outcome(lambda.createFunctionUrlConfig(input(properties))),
    update(_, before, after) {
      const sameFunction =
        functionNameOf(String(before.TargetFunctionArn)) === functionNameOf(String(after.TargetFunctionArn));
      if (!sameFunction || before.Qualifier !== after.Qualifier) return 'replace';
      // What a template no longer says goes back to its default.
      const { url } = findFunction(parts, String(after.TargetFunctionArn));
      if (url && after.Cors === undefined) delete url.cors;
      return outcome(lambda.updateFunctionUrlConfig(input({ InvokeMode: 'BUFFERED', ...after })));
    },
    delete: (physicalId) => unlessGone(() => lambda.deleteFunctionUrlConfig({ FunctionName: physicalId })),
  };
}

function eventInvokeConfigProvider(lambda: Operations, parts: LambdaParts): ResourceProvider {
  const put = (properties: Properties, physicalId: string) => {
    const { FunctionName, MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age } = properties;
    const input: PutFunctionEventInvokeConfigCommandInput = { FunctionName: String(FunctionName) };
    if (retries !== undefined) input.MaximumRetryAttempts = Number(retries);
    if (age !== undefined) input.MaximumEventAgeInSeconds = Number(age);
    lambda.putFunctionEventInvokeConfig(input);
    return { physicalId, attributes: {} };
  };
  return {
    type: 'AWS::Lambda::EventInvokeConfig',
    replacedBy: ['FunctionName', 'Qualifier'],
    create(properties) {
      const { arn, eventInvoke } = findFunction(parts, String(properties.FunctionName));
      if (eventInvoke) throw new ServiceError('AlreadyExists', `EventInvokeConfig of ${arn} already exists.`, 409);
      return put(properties, `${arn}:$LATEST`);
    },
    update: (physicalId, before, after) =>
      before.FunctionName === after.FunctionName && before.Qualifier === after.Qualifier
        ? put(after, physicalId)
        : 'replace',
    delete: (physicalId) => unlessGone(() => lambda.deleteFunctionEventInvokeConfig({ FunctionName: physicalId })),
  };
}

/** What is not there counts as deleted. */
function unlessGone(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
  }
}
