/** The codec of CloudWatch Logs: JSON 1.1. */
import type { WireHandler } from '../kernel.ts';
import { jsonProtocol } from '../wire/json.ts';
import type { Logs } from './logs.ts';

export const createLogsWire = (logs: Logs): WireHandler =>
  jsonProtocol('Logs_20140328', {
    CreateLogGroup: (input) => logs.createLogGroup(input),
    DeleteLogGroup: (input) => logs.deleteLogGroup(input),
    CreateLogStream: (input) => logs.createLogStream(input),
    DescribeLogGroups: (input) => logs.describeLogGroups(input),
    DescribeLogStreams: (input) => logs.describeLogStreams(input),
    PutLogEvents: (input) => logs.putLogEvents(input),
    GetLogEvents: (input) => logs.getLogEvents(input),
    FilterLogEvents: (input) => logs.filterLogEvents(input),
  });
