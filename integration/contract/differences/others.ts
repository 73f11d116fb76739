/** Where moto's EventBridge, IAM, STS and Lambda are not as AWS documents. */
import type { Difference } from './difference.ts';

export const otherDifferences: Difference[] = [
  {
    moto: 'The message for a missing rule names no bus.',
    aws: '"Rule X does not exist on EventBus default."',
    source: 'EventBridge API Reference, DescribeRule, ResourceNotFoundException; words reported of AWS',
    answers: {
      'EventBridge rule: that is not there is not turned on': '400 ResourceNotFoundException: Rule r does not exist.',
      'EventBridge rule: that is not there is not described': '400 ResourceNotFoundException: Rule r does not exist.',
    },
  },
  {
    moto: 'Schedules and names are hardly checked.',
    aws: 'A rate of 1 has a unit in the singular; names match [.\\-_A-Za-z0-9]+.',
    source: 'EventBridge User Guide, "Setting a schedule pattern", "Rate expressions"; API Reference, PutRule, Name',
    answers: {
      'EventBridge rule: with a rate of one in the plural is refused': 'done',
      'EventBridge rule: with a name with a blank is refused': 'done',
    },
  },
  {
    moto: 'A rule may have any number of targets.',
    aws: 'It has five at most.',
    source:
      'EventBridge API Reference, PutTargets, error LimitExceededException; User Guide, "Amazon EventBridge quotas"',
    answers: { 'EventBridge target: is one of five at most': 'done' },
  },
  {
    moto: 'TestEventPattern is accepted and answers nothing. The cases of patterns ask moto’s rules instead.',
    aws: 'It says whether the event matches.',
    source: 'EventBridge API Reference, TestEventPattern',
    answers: { 'EventBridge pattern: is tested without a rule': undefined },
  },
  {
    moto: 'Anybody may send events of AWS’s own sources.',
    aws: 'Sources that begin with "aws." are AWS’s own; the entry is refused.',
    source:
      'EventBridge User Guide, "Adding events with PutEvents"; error NotAuthorizedForSourceException reported of AWS',
    answers: {
      'EventBridge PutEvents: answers for each entry': [
        2,
        [undefined, undefined, 'MalformedDetail', 'InvalidArgument'],
      ],
    },
  },
  {
    moto: 'Trust policies are kept unread.',
    aws: 'A document that is no policy is refused.',
    source: 'IAM API Reference, CreateRole, error MalformedPolicyDocument',
    answers: { 'IAM role: with a trust policy that is no JSON': 'done' },
  },
  {
    moto: 'AWS’s managed policies are there only if moto is started with MOTO_IAM_LOAD_MANAGED_POLICIES.',
    aws: 'They are in every account.',
    source: 'AWS Managed Policy Reference, AmazonECSTaskExecutionRolePolicy',
    answers: { 'IAM role: is given a policy of AWS': '404 NoSuchEntityException' },
  },
  {
    moto: 'Service-linked roles have a name made of the principal, collide as other roles do, and are deleted as these are.',
    aws: 'The name is the service’s; a second one is an InvalidInput, and DeleteRole an UnmodifiableEntity.',
    source:
      'ECS Developer Guide, "Using service-linked roles for Amazon ECS"; IAM API Reference, CreateServiceLinkedRole and DeleteRole',
    answers: {
      'IAM service-linked role: is made once, below the path of its service': [
        '/aws-service-role/ecs.amazonaws.com/',
        'AWSServiceRoleForecs',
        '409 EntityAlreadyExistsException',
      ],
      'IAM service-linked role: is not deleted as others are': 'done',
    },
  },
  {
    moto: 'AssumeRole gives a session of any role to anybody, for any time.',
    aws: '900 seconds at least, and only to whom the role’s trust policy names.',
    source: 'STS API Reference, AssumeRole, DurationSeconds; IAM User Guide, "Troubleshoot IAM roles"',
    answers: {
      'STS: refuses less than 900 seconds': 'done',
      'STS: refuses those whom the role does not trust': 'done',
      'STS: refuses a role that is not there in the same words': 'done',
    },
  },
  {
    moto: 'A function is ready at once, and an update over with its answer.',
    aws: 'A new function is Pending first; while an update is in progress another one is refused.',
    source:
      'Lambda Developer Guide, "Lambda function states"; API Reference, UpdateFunctionConfiguration, ResourceConflictException',
    answers: {
      'Lambda function: is pending when made, then active': ['Active', 'Active'],
      'Lambda function: is not updated while an update is under way': 'done',
    },
  },
  {
    moto: 'Limits of functions are not checked.',
    aws: 'A timeout is between 1 and 900 seconds.',
    source: 'Lambda API Reference, CreateFunction, Timeout; Developer Guide, "Lambda quotas"',
    answers: { 'Lambda function: with a timeout above 15 minutes is refused': false },
  },
  {
    moto: 'Code runs in Docker only; without it every invocation fails.',
    aws: 'The function runs.',
    source: 'Lambda API Reference, Invoke',
    answers: { 'Lambda function: is called and answers': [200, 'Handled'] },
  },
  {
    moto: 'A second statement of the same id is added beside the first.',
    aws: 'Ids are unique within a policy.',
    source: 'Lambda API Reference, AddPermission, StatementId, error ResourceConflictException',
    answers: { 'Lambda setting: a permission is added once': 'done' },
  },
];
