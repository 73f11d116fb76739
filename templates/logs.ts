/** The foundation's log groups: kept for so many days, and kept when the stack goes, as logs are data. */
import { type Parameter, type Resource, ref, type Value } from './cloudformation.ts';

/** Days that CloudWatch Logs offers (API reference, PutRetentionPolicy). */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logParameters: Record<string, Parameter> = {
  LogRetentionDays: {
    Type: 'Number',
    Default: '30',
    AllowedValues: RETENTION_DAYS.map(String),
    Description: 'How long logs are kept',
  },
  LogGroup: {
    Type: 'String',
    Default: '',
    Description: 'Existing log group of servers and workers; empty: one is made',
  },
};

export const logConditions: Record<string, Value> = { OwnFarmLogs: { 'Fn::Equals': [ref('LogGroup'), ''] } };

/**
 * A later set-up takes a group that was kept into its stack again, for which CloudFormation wants these policies and a name that is
 * written in the template (User Guide, "Import AWS resources into a CloudFormation stack automatically").
 */
export function logGroup(name: string): Resource {
  return {
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { LogGroupName: name, RetentionInDays: ref('LogRetentionDays') },
  };
}
