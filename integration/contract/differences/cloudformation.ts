/** Where moto's CloudFormation is not as AWS documents: operations on stacks and change sets. */
import type { Difference } from './difference.ts';

export const stackDifferences: Difference[] = [
  {
    moto: 'All work is done before the answer, so that no operation is ever in progress.',
    aws: 'Creations, updates and deletions are begun by the answer and pass through their *_IN_PROGRESS status.',
    source: 'CloudFormation User Guide, "Understand CloudFormation stack creation events" and "Stack status codes"',
    answers: {
      'CloudFormation creation: happens after the answer': ['CREATE_COMPLETE', 'CREATE_COMPLETE', ['/a 1']],
      'CloudFormation update: happens after the answer': ['UPDATE_COMPLETE', 'UPDATE_COMPLETE'],
      'CloudFormation update: while another one is under way': 'done',
      'CloudFormation deletion: happens after the answer; the id still finds what is gone': [
        'DELETE_COMPLETE',
        'DELETE_COMPLETE',
        [],
      ],
    },
  },
  {
    moto: 'The error of a resource is the answer to the whole request; nothing is rolled back.',
    aws: 'The request is taken; the stack then rolls back, stays as it is, or is deleted, as it was told.',
    source:
      'CloudFormation User Guide, "Choose how to handle failures when provisioning resources", "Stack status codes"',
    answers: {
      'CloudFormation failure: of a creation rolls back and leaves nothing but the stack': '400 InvalidParameterValue',
      'CloudFormation failure: of a creation leaves a stack that can only be deleted': '400 InvalidParameterValue',
      'CloudFormation failure: of a creation keeps what was made when told not to roll back':
        '400 InvalidParameterValue',
      'CloudFormation failure: of a creation deletes the stack when told so': '400 InvalidParameterValue',
      'CloudFormation failure: of an update goes back to what was, and the next one may go well':
        '400 InvalidParameterValue',
      'CloudFormation failure: of an update stays when told not to roll back': '400 InvalidParameterValue',
      'CloudFormation export: that nobody gives makes a creation fail': '400 ValidationError',
    },
  },
  {
    moto: 'Tokens of requests are not kept.',
    aws: 'A token makes a creation repeatable; one that served another operation is refused.',
    source:
      'CloudFormation API Reference, CreateStack, ClientRequestToken; UpdateStack, error TokenAlreadyExistsException',
    answers: {
      'CloudFormation creation: twice with one token is one creation': ['400 AlreadyExistsException', 'another'],
      'CloudFormation update: with the token of another one': 'done',
      'CloudFormation reading: gives with each event the token of its request': [undefined],
    },
  },
  {
    moto: 'An update is compared with what is there only if it brings a template and parameters, and all of these read as moto keeps them.',
    aws: 'An update that would change nothing is refused.',
    source: 'CloudFormation User Guide, "Troubleshooting CloudFormation", "No updates to perform"',
    answers: {
      'CloudFormation update: to the same template': 'done',
      'CloudFormation update: to the same template and the same parameters': 'done',
      'CloudFormation update: with all that was there before': 'done',
    },
  },
  {
    moto: 'Log groups can be made and deleted by a stack, not updated.',
    aws: 'A change of RetentionInDays needs no interruption: the group is changed.',
    source: 'CloudFormation Template Reference, AWS::Logs::LogGroup, RetentionInDays',
    answers: { 'CloudFormation update: changes a resource in place': ['/a 1'] },
  },
  {
    moto: 'Errors have words of moto’s own.',
    aws: 'The words that tools look for: "Stack [X] already exists", "Stack [X] does not exist", "Parameters: [X] must have values".',
    source: 'reported of AWS: cloudtools/stacker#683 (DescribeStackEvents), localstack/localstack#325 and others',
    answers: {
      'CloudFormation creation: under a name that is taken': '400 AlreadyExistsException: Stack s already exists',
      'CloudFormation update: of a stack that is not there': '400 ValidationError: Stack with id nobody does not exist',
      'CloudFormation reading: of the events of a stack that is not there':
        '400 ValidationError: Stack with id nobody does not exist',
      'CloudFormation refusal: a parameter without a value': '400 ValidationError: Missing parameter Name',
    },
  },
  {
    moto: 'A parameter with NoEcho is shown.',
    aws: 'Its value is masked with asterisks.',
    source: 'CloudFormation User Guide, "CloudFormation template Parameters syntax", NoEcho',
    answers: {
      'CloudFormation creation: fills in defaults and hides secrets': ['Days=1', 'Name=/x', 'Secret=hush'],
    },
  },
  {
    moto: 'Termination protection is stored and not heeded.',
    aws: 'The deletion of a protected stack fails.',
    source: 'CloudFormation User Guide, "Protect CloudFormation stacks from being deleted"',
    answers: { 'CloudFormation deletion: is refused to a protected stack': 'done' },
  },
  {
    moto: 'DescribeStackResources needs the name of a stack.',
    aws: 'PhysicalResourceId alone finds the stack that a resource belongs to.',
    source: 'CloudFormation API Reference, DescribeStackResources',
    answers: { 'CloudFormation reading: finds the stack of a resource by its physical id': '400 ValidationError' },
  },
  {
    moto: 'Stacks have events, their resources have none.',
    aws: 'Each resource has events for each of its statuses.',
    source: 'CloudFormation User Guide, "View CloudFormation stack events"; API Reference, DescribeStackEvents',
    answers: {
      'CloudFormation reading: gives the events of resources': [],
      'CloudFormation reading: gives events a hundred a page': [2, false],
    },
  },
  {
    moto: 'Has no such operation: the answer is a page of HTML.',
    aws: 'The operation is refused in a status that it is not for.',
    source: 'CloudFormation API Reference, CancelUpdateStack, ContinueUpdateRollback, RollbackStack',
    answers: {
      'CloudFormation refusal: CancelUpdateStack where no update is under way': '500 Error',
      'CloudFormation refusal: ContinueUpdateRollback where no roll-back has failed': '500 Error',
      'CloudFormation refusal: RollbackStack where nothing has failed': '500 Error',
    },
  },
  {
    moto: 'Capabilities are not asked for.',
    aws: 'Roles with names of their own need CAPABILITY_NAMED_IAM.',
    source: 'CloudFormation API Reference, CreateStack, Capabilities, error InsufficientCapabilitiesException',
    answers: { 'CloudFormation refusal: roles with names need a capability of their own': 'done' },
  },
  {
    moto: 'Exports are kept by name; nobody looks whether they are in use.',
    aws: 'An export that another stack imports can be neither changed nor removed, nor its stack deleted.',
    source: 'CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack", notes',
    answers: {
      'CloudFormation export: in use keeps its stack from being deleted': 'gone',
      'CloudFormation export: in use keeps its value in an update': ['UPDATE_COMPLETE', ['s--name=/shared']],
    },
  },
  {
    moto: 'Has no operation ListImports: the answer is a page of HTML.',
    aws: 'The stacks that import are listed; where nobody does, it is refused.',
    source: 'CloudFormation API Reference, ListImports',
    answers: {
      'CloudFormation export: is imported by another stack, and both are listed': '500 Error',
      'CloudFormation export: that nobody imports': '500 Error',
    },
  },
  {
    moto: 'A change set is described as if nothing of the stack were there.',
    aws: 'The change says what is modified, which thing that is, and whether it is replaced.',
    source: 'CloudFormation API Reference, ResourceChange, members Action, PhysicalResourceId, Replacement',
    answers: { 'CloudFormation change set: foretells a replacement': { Action: 'Add' } },
  },
  {
    moto: 'ImportExistingResources is ignored: the creation of what exists already fails.',
    aws: 'What has a static name of the template, is retained and belongs to no stack becomes the stack’s own.',
    source: 'CloudFormation User Guide, "Import AWS resources into a CloudFormation stack automatically"',
    answers: {
      'CloudFormation change set: imports what has a name of the template already and is kept when its stack goes':
        '400 Error',
    },
  },
  {
    moto: 'CreateChangeSet looks neither whether the stack is there nor for a template.',
    aws: 'UPDATE needs a stack and may use its template; CREATE needs that there is none; without changes the set FAILED.',
    source:
      'CloudFormation API Reference, CreateChangeSet, ChangeSetType and UsePreviousTemplate; User Guide, "Create change sets"',
    answers: {
      'CloudFormation change set: without changes fails and says so': '500 Error',
      'CloudFormation change set: of a stack that is not there': 'done',
      'CloudFormation change set: to create a stack that is there': 'done',
    },
  },
  {
    moto: 'A change set that is not there is a ValidationError.',
    aws: 'It has an error of its own, with status 404.',
    source: 'CloudFormation API Reference, DescribeChangeSet, error ChangeSetNotFound',
    answers: {
      'CloudFormation change set: that was deleted leaves a stack in review behind': [
        '400 ValidationError',
        'REVIEW_IN_PROGRESS',
      ],
      'CloudFormation change set: that is not there': '400 ValidationError',
    },
  },
];
