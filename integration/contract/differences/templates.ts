/** Where moto reads templates, bbf's own among them, otherwise than AWS documents. */
import type { Difference } from './difference.ts';

export const templateDifferences: Difference[] = [
  {
    moto: 'Templates are hardly checked before work begins: some that AWS refuses are taken, others end in an exception.',
    aws: 'A template with unknown types, dangling or circular references, no resources, or over 51,200 bytes is refused.',
    source:
      'CloudFormation API Reference, CreateStack, TemplateBody; User Guide, "Troubleshooting CloudFormation", "Validation error"; words reported of AWS',
    answers: {
      'CloudFormation refusal: a type that there is not': 'done',
      'CloudFormation refusal: a Ref to nothing': '500 Error',
      'CloudFormation refusal: resources that wait for each other': '500 Error',
      'CloudFormation refusal: a template without resources': 'done',
      'CloudFormation refusal: a template of more than 51,200 bytes in the request': 'done',
    },
  },
  {
    moto: 'AllowedValues are not looked at.',
    aws: 'A value that is not among them is refused.',
    source: 'CloudFormation User Guide, "CloudFormation template Parameters syntax", AllowedValues',
    answers: { 'CloudFormation refusal: a parameter with a value that is not allowed': 'done' },
  },
  {
    moto: 'Any name is good for a stack.',
    aws: 'Names match [a-zA-Z][-a-zA-Z0-9]*.',
    source: 'CloudFormation API Reference, CreateStack, StackName',
    answers: { 'CloudFormation refusal: a stack’s name with other than letters, digits and hyphens': 'done' },
  },
  {
    moto: 'The attribute Arn of a log group lacks the end ":*".',
    aws: 'The ARN ends in ":*".',
    source: 'CloudFormation Template Reference, AWS::Logs::LogGroup, "Return values", Fn::GetAtt',
    answers: {
      'CloudFormation creation: keeps description, tags and outputs': {
        Description: 'one group',
        Tags: [{ Key: 'k', Value: 'v' }],
        Outputs: [
          { OutputKey: 'Arn', OutputValue: 'arn:aws:logs:us-east-1:000000000000:log-group:/a', Description: 'its ARN' },
        ],
      },
      'CloudFormation template: Fn::GetAtt': 'arn:aws:logs:us-east-1:000000000000:log-group:/a',
      'CloudFormation template: Fn::Sub with an attribute': 'arn:aws:logs:us-east-1:000000000000:log-group:/a',
    },
  },
  {
    moto: 'The default of a CommaDelimitedList stays text, which Fn::Join takes for a list of letters.',
    aws: 'It is a list, the blanks around its members removed.',
    source: 'CloudFormation User Guide, "CloudFormation template Parameters syntax", CommaDelimitedList',
    answers: { 'CloudFormation template: a list as parameter': 'x+,+ +y' },
  },
  {
    moto: 'Fn::Cidr is not known.',
    aws: 'It gives blocks of addresses.',
    source: 'CloudFormation Template Reference, Fn::Cidr',
    answers: {
      'CloudFormation template: Fn::Cidr': 'Fn::Cidr',
      'Template of the foundation: makes a network of its own': '500 Error',
    },
  },
  {
    moto: 'AWS::Lambda::Url is not known, and what refers to an unknown type ends in an exception.',
    aws: 'It makes a URL for a function and gives FunctionUrl.',
    source: 'CloudFormation Template Reference, AWS::Lambda::Url',
    answers: {
      'Template of the foundation: is made': '500 Error',
      'Template of the foundation: exports all of its outputs': '500 Error',
    },
  },
  {
    moto: 'Resources of types that it does not know are passed over in silence.',
    aws: 'These types are there.',
    source:
      'CloudFormation Template Reference, AWS::ECS::ClusterCapacityProviderAssociations, AWS::Lambda::EventInvokeConfig',
    answers: {
      'Template of the foundation: leaves out none of its resources': [
        'AWS::ECS::ClusterCapacityProviderAssociations',
        'AWS::Lambda::EventInvokeConfig',
      ],
      'Template of the foundation: makes a cluster with Fargate’s capacity providers': ['bbf ACTIVE', undefined],
    },
  },
  {
    moto: 'Inline policies of a template are kept as Python prints them, which is no JSON.',
    aws: 'Policy documents are JSON.',
    source: 'IAM API Reference, GetRolePolicy, PolicyDocument',
    answers: {
      'Template of the foundation: makes roles with a policy each': [
        'bbf--execution--us-east-1 false',
        'bbf--reconciler--us-east-1 false',
        'bbf--server--us-east-1 false',
        'bbf--stacks--us-east-1 false',
        'bbf--worker--us-east-1 false',
      ],
    },
  },
  {
    moto: 'Functions made by a stack have the default architecture.',
    aws: 'Architectures is kept.',
    source: 'CloudFormation Template Reference, AWS::Lambda::Function, Architectures',
    answers: {
      'Template of the foundation: makes the reconciler’s function': {
        Runtime: 'nodejs24.x',
        Architectures: ['x86_64'],
        bucket: 'bbf-000000000000-us-east-1',
      },
    },
  },
  {
    moto: 'A stack is DELETE_COMPLETE though some of its roles and services are left.',
    aws: 'A stack is DELETE_COMPLETE once nothing of it is left but what its policies retain.',
    source: 'CloudFormation User Guide, "Stack status codes"; Template Reference, "DeletionPolicy attribute"',
    answers: {
      'Template of the foundation: goes, and leaves nothing but its logs': {
        groups: ['/aws/lambda/bbf--reconciler 30', '/bbf/bbf/farm 30'],
        rules: 0,
        roles: ['bbf--execution--us-east-1', 'bbf--server--us-east-1', 'bbf--worker--us-east-1'],
      },
      'Template of a pool: takes its service with it': ['DELETE_COMPLETE', 'ACTIVE'],
    },
  },
  {
    moto: 'DesiredCount must be a number; the text that a parameter gives ends in an exception.',
    aws: 'Parameters of type String serve for numbers; types are converted where a property needs it.',
    source: 'CloudFormation User Guide, "CloudFormation template Parameters syntax"',
    answers: {
      'Template of a server: makes a service without tasks, under the stack’s own name': '500 Error',
    },
  },
  {
    moto: 'Of a service in a template only cluster, name, task definition and count are taken.',
    aws: 'Capacity provider strategy, deployment configuration and network are properties of the service.',
    source: 'CloudFormation Template Reference, AWS::ECS::Service',
    answers: {
      'Template of a server: makes a service on Fargate, one task at most, with a circuit breaker, in the imported network':
        {},
      'Template of a pool: makes a service on Fargate Spot': ['CREATE_COMPLETE', undefined],
      'Template of a pool: makes a service whose first workers are on demand, and is moved from Spot to it': [
        undefined,
        'UPDATE_COMPLETE',
        undefined,
      ],
    },
  },
  {
    moto: 'Cpu of a task definition in a template is dropped.',
    aws: 'It is kept.',
    source: 'CloudFormation Template Reference, AWS::ECS::TaskDefinition, Cpu',
    answers: {
      'Template of a server: makes a task definition of the size that the document says': {
        family: 'bbf--main--server',
        cpu: undefined,
        memory: '4096',
        container: 'server farm-server',
        port: 8980,
      },
    },
  },
  {
    moto: 'The new revision of a task definition does not reach the service that refers to it.',
    aws: 'A changed task definition is replaced, and the service refers to the new one.',
    source:
      'CloudFormation Template Reference, AWS::ECS::Service, TaskDefinition; AWS::ECS::TaskDefinition, "Update requires"',
    answers: {
      'Template of a pool: leaves the live count alone when it is updated, and rolls the new image out': {
        stack: 'UPDATE_COMPLETE',
        desired: 3,
        revision: 1,
      },
    },
  },
];
