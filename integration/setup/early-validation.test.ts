/** A change that CloudFormation finds wrong before it makes anything: its reason names a validation, and only the events name the resource. */
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { STACK, setup } from './person.ts';

const XMLNS = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
const REASON =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.';

interface Event {
  LogicalResourceId?: string;
  ResourceType?: string;
  ValidationPath?: string;
  ValidationFailureMode?: string;
  ValidationStatus?: string;
  ValidationStatusReason?: string;
}

const TAKEN: Event = {
  LogicalResourceId: 'WorkerRole',
  ResourceType: 'AWS::IAM::Role',
  ValidationPath: '/Resources/WorkerRole',
  ValidationFailureMode: 'FAIL',
  ValidationStatus: 'FAILED',
  ValidationStatusReason: `Resource of type 'AWS::IAM::Role' with identifier '${OTHER}--worker--us-east-1' already exists.`,
};
const WARNING: Event = {
  LogicalResourceId: 'Repositories',
  ValidationFailureMode: 'WARN',
  ValidationStatus: 'FAILED',
  ValidationStatusReason: 'It is not empty.',
};
const WRONG: Event = {
  ValidationPath: '/Resources/Vpc/Properties/CidrBlok',
  ValidationFailureMode: 'FAIL',
  ValidationStatus: 'FAILED',
  ValidationStatusReason: 'Unsupported property [CidrBlok]',
};

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const xml = (members: object) =>
  Object.entries(members)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
const result = (action: string, inner: string) =>
  Buffer.from(`<${action}Response ${XMLNS}><${action}Result>${inner}</${action}Result></${action}Response>`);

/** No change set passes; `events` tell why, page by page, or, undefined, may not be read. What was asked of them. */
function failValidation(pages: Event[][] | undefined): string[] {
  const { handle } = world.cloud;
  const asked: string[] = [];
  world.cloud.handle = async (request) => {
    const body = Buffer.from(request.body).toString();
    if (body.includes('Action=DescribeChangeSet'))
      return {
        status: 200,
        headers: {},
        body: result('DescribeChangeSet', xml({ Status: 'FAILED', StatusReason: REASON })),
      };
    if (!body.includes('Action=DescribeEvents')) return handle(request);
    asked.push(body);
    if (pages === undefined) {
      const error = xml({ Type: 'Sender', Code: 'AccessDenied', Message: 'You may not.' });
      return {
        status: 403,
        headers: {},
        body: Buffer.from(`<ErrorResponse ${XMLNS}><Error>${error}</Error></ErrorResponse>`),
      };
    }
    const at = Number(new URLSearchParams(body).get('NextToken') ?? 0);
    const members = (pages[at] ?? []).map((event) => `<member>${xml(event)}</member>`).join('');
    const more = at + 1 < pages.length ? xml({ NextToken: at + 1 }) : '';
    const inner = `<OperationEvents>${members}</OperationEvents>${more}`;
    return { status: 200, headers: {}, body: result('DescribeEvents', inner) };
  };
  return asked;
}

const stackNames = async () =>
  ((await world.cfn.send(new DescribeStacksCommand({}))).Stacks ?? []).map(({ StackName }) => StackName);

it('is told by the resource, before the change set is taken back', async () => {
  const asked = failValidation([[WARNING], [TAKEN, WRONG]]);
  const { code, notes } = await setup(world);
  expect(code).toBe(exitCodes.configuration);
  expect(notes).toContain(
    `CloudFormation refuses the change of ${STACK}: WorkerRole (AWS::IAM::Role) at /Resources/WorkerRole: Resource of type`,
  );
  expect(notes).toContain('  /Resources/Vpc/Properties/CidrBlok: Unsupported property [CidrBlok]\n');
  expect(notes).not.toMatch(/not empty|EarlyValidation/);
  expect(new URLSearchParams(asked[0]).get('Filters.FailedEvents')).toBe('true');
  expect(new URLSearchParams(asked[0]).get('StackName')).toBe(STACK);
  expect(await stackNames()).not.toContain(STACK);
});

it.each([
  ['may not be read', undefined],
  ['are none', [[]]],
])('is told in CloudFormation’s own words where the events %s', async (_, pages) => {
  failValidation(pages);
  const { code, notes } = await setup(world);
  expect(code).toBe(exitCodes.configuration);
  expect(notes).toContain(`CloudFormation refuses the change of ${STACK}: ${REASON}`);
  expect(await stackNames()).not.toContain(STACK);
});
