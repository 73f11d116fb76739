/** Lambda: functions, who may call them, how they are called. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { type Case, of, outcome } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';
import type { Target } from '../target.ts';

const FunctionName = 'f';
const f = { FunctionName };
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const zip = (text: string) => zipSync({ 'index.mjs': strToU8(text) }, { mtime: '2026-01-01' });
const CODE = 'export const handler = async (event) => event;';

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Makes the function `f` with a role of its own. */
async function create(cloud: Target, more: Partial<CreateFunctionCommandInput> = {}) {
  const role = new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: JSON.stringify(TRUST) });
  await outcome(cloud.iam.send(role));
  return cloud.lambda.send(
    new CreateFunctionCommand({
      ...f,
      Role: 'arn:aws:iam::000000000000:role/r',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip(CODE) },
      ...more,
    }),
  );
}
const ready = (cloud: Target) =>
  cloud.settled(
    () => cloud.lambda.send(new GetFunctionConfigurationCommand(f)),
    ({ State, LastUpdateStatus }) => State === 'Active' && LastUpdateStatus === 'Successful',
  );
/** With the function `f`, ready to be called. */
const deployed =
  (ask: (cloud: Target) => Promise<unknown>): Case['ask'] =>
  async (cloud) => {
    await create(cloud);
    await ready(cloud);
    return ask(cloud);
  };

export const functions = of('Lambda function', [
  {
    name: 'is pending when made, then active',
    documented: ['Pending', 'Active'],
    async ask(cloud) {
      const { State } = await create(cloud);
      return [State, (await ready(cloud)).State];
    },
  },
  {
    name: 'keeps what it was made with',
    documented: {
      Timeout: 60,
      MemorySize: 512,
      Runtime: 'nodejs22.x',
      Version: '$LATEST',
      variables: { NAME: 'value' },
    },
    async ask(cloud) {
      await create(cloud, { Timeout: 60, MemorySize: 512, Environment: { Variables: { NAME: 'value' } } });
      const { Timeout, MemorySize, Runtime, Version, Environment } = await ready(cloud);
      return { Timeout, MemorySize, Runtime, Version, variables: Environment?.Variables };
    },
  },
  {
    name: 'has the limits that nobody set',
    documented: { Timeout: 3, MemorySize: 128, Architectures: ['x86_64'], PackageType: 'Zip' },
    async ask(cloud) {
      await create(cloud);
      const { Timeout, MemorySize, Architectures, PackageType } = await ready(cloud);
      return { Timeout, MemorySize, Architectures, PackageType };
    },
  },
  {
    name: 'takes its code from a bucket',
    documented: zip(CODE).length,
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      await put('k', zip(CODE));
      await create(cloud, { Code: { S3Bucket: Bucket, S3Key: 'k' } });
      return (await ready(cloud)).CodeSize;
    },
  },
  {
    name: 'is found by its name or its ARN, and listed',
    documented: [arn, arn, ['f']],
    ask: deployed(async ({ lambda }) => {
      const found = async (name: string) =>
        (await lambda.send(new GetFunctionCommand({ FunctionName: name }))).Configuration?.FunctionArn;
      const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
      return [await found('f'), await found(arn), Functions.map((one) => one.FunctionName)];
    }),
  },
  {
    name: 'is made once',
    documented: '409 ResourceConflictException',
    ask: deployed((cloud) => outcome(create(cloud))),
  },
  {
    name: 'that is not there',
    documented: '404 ResourceNotFoundException',
    ask: ({ lambda }) => outcome(lambda.send(new GetFunctionCommand(f))),
  },
  {
    name: 'is deleted',
    documented: ['done', '404 ResourceNotFoundException', '404 ResourceNotFoundException'],
    ask: deployed(async ({ lambda }) => {
      const remove = () => outcome(lambda.send(new DeleteFunctionCommand(f)));
      return [await remove(), await outcome(lambda.send(new GetFunctionCommand(f))), await remove()];
    }),
  },
  {
    name: 'gets new code, and another hash with it',
    documented: ['another hash', 'as long as told'],
    ask: deployed(async (cloud) => {
      const before = (await ready(cloud)).CodeSha256;
      const ZipFile = zip('export const handler = async () => 2;');
      await cloud.lambda.send(new UpdateFunctionCodeCommand({ ...f, ZipFile }));
      const { CodeSha256, CodeSize } = await ready(cloud);
      const size = CodeSize === ZipFile.length ? 'as long as told' : CodeSize;
      return [CodeSha256 === before ? 'same hash' : 'another hash', size];
    }),
  },
  {
    name: 'keeps what an update leaves out',
    documented: { Timeout: 5, MemorySize: 512 },
    async ask(cloud) {
      await create(cloud, { MemorySize: 512 });
      await ready(cloud);
      await cloud.lambda.send(new UpdateFunctionConfigurationCommand({ ...f, Timeout: 5 }));
      const { Timeout, MemorySize } = await ready(cloud);
      return { Timeout, MemorySize };
    },
  },
  {
    name: 'is not updated while an update is under way',
    documented: '409 ResourceConflictException',
    ask: deployed(async ({ lambda }) => {
      await lambda.send(new UpdateFunctionCodeCommand({ ...f, ZipFile: zip('export const handler = 1;') }));
      return outcome(lambda.send(new UpdateFunctionConfigurationCommand({ ...f, Timeout: 5 })));
    }),
  },
  {
    name: 'with a role that is not there is refused',
    documented: '400 InvalidParameterValueException',
    ask: (cloud) => outcome(create(cloud, { Role: 'arn:aws:iam::000000000000:role/nobody' })),
  },
  {
    name: 'with a timeout above 15 minutes is refused',
    documented: true,
    ask: async (cloud) => (await outcome(create(cloud, { Timeout: 901 }))).startsWith('400'),
  },
  {
    name: 'is called and answers',
    documented: [200, undefined],
    ask: deployed(async ({ lambda }) => {
      const { StatusCode, FunctionError } = await lambda.send(new InvokeCommand({ ...f, Payload: strToU8('{"a":1}') }));
      return [StatusCode, FunctionError];
    }),
  },
  {
    name: 'may be called, says a dry run',
    documented: 204,
    ask: deployed(async ({ lambda }) => {
      return (await lambda.send(new InvokeCommand({ ...f, InvocationType: 'DryRun' }))).StatusCode;
    }),
  },
]);

const permission = {
  ...f,
  StatementId: 'rule',
  Action: 'lambda:InvokeFunction',
  Principal: 'events.amazonaws.com',
  SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
};

export const functionSettings = of('Lambda setting', [
  {
    name: 'a permission is added and read',
    documented: {
      Sid: 'rule',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arn,
      Condition: { ArnLike: { 'AWS:SourceArn': permission.SourceArn } },
    },
    ask: deployed(async ({ lambda }) => {
      await lambda.send(new AddPermissionCommand(permission));
      return JSON.parse((await lambda.send(new GetPolicyCommand(f))).Policy ?? '{}').Statement?.[0];
    }),
  },
  {
    name: 'a permission is added once',
    documented: '409 ResourceConflictException',
    ask: deployed(async ({ lambda }) => {
      await lambda.send(new AddPermissionCommand(permission));
      return outcome(lambda.send(new AddPermissionCommand(permission)));
    }),
  },
  {
    name: 'a permission is removed, and with the last one the policy',
    documented: ['done', '404 ResourceNotFoundException'],
    ask: deployed(async ({ lambda }) => {
      await lambda.send(new AddPermissionCommand(permission));
      const removed = await outcome(lambda.send(new RemovePermissionCommand({ ...f, StatementId: 'rule' })));
      return [removed, await outcome(lambda.send(new GetPolicyCommand(f)))];
    }),
  },
  {
    name: 'a URL is made, read and deleted',
    documented: ['AWS_IAM', arn, '404 ResourceNotFoundException'],
    ask: deployed(async ({ lambda }) => {
      await lambda.send(new CreateFunctionUrlConfigCommand({ ...f, AuthType: 'AWS_IAM' }));
      const { AuthType, FunctionArn } = await lambda.send(new GetFunctionUrlConfigCommand(f));
      await lambda.send(new DeleteFunctionUrlConfigCommand(f));
      return [AuthType, FunctionArn, await outcome(lambda.send(new GetFunctionUrlConfigCommand(f)))];
    }),
  },
  {
    name: 'retries of asynchronous calls are limited',
    documented: ['404 ResourceNotFoundException', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }],
    ask: deployed(async ({ lambda }) => {
      const get = () => lambda.send(new GetFunctionEventInvokeConfigCommand(f));
      const before = await outcome(get());
      const limits = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
      await lambda.send(new PutFunctionEventInvokeConfigCommand({ ...f, ...limits }));
      const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = await get();
      return [before, { MaximumRetryAttempts, MaximumEventAgeInSeconds }];
    }),
  },
  {
    name: 'concurrency is reserved and given back',
    documented: [undefined, 1, undefined],
    ask: deployed(async ({ lambda }) => {
      const get = async () => (await lambda.send(new GetFunctionConcurrencyCommand(f))).ReservedConcurrentExecutions;
      const seen = [await get()];
      await lambda.send(new PutFunctionConcurrencyCommand({ ...f, ReservedConcurrentExecutions: 1 }));
      seen.push(await get());
      await lambda.send(new DeleteFunctionConcurrencyCommand(f));
      return [...seen, await get()];
    }),
  },
]);
