/** What the farm last reported of itself: `clusters/NAME/activity.json`, written by the build server. */
import { ADDRESS_PATTERN, count, instant, instantOrNull } from './schema-parts.ts';

const address = { type: 'string', pattern: ADDRESS_PATTERN } as const;

export const activitySchema = {
  $id: 'urn:bbf:v1:activity',
  title: 'Activity',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'reportedAt', 'server', 'queued', 'running', 'idleSince', 'pools', 'workers'],
  properties: {
    apiVersion: { const: 'bbf/v1' },
    kind: { const: 'Activity' },
    reportedAt: { ...instant, description: 'clock of the farm; the reconciler trusts S3’s LastModified instead' },
    server: {
      type: 'object',
      additionalProperties: false,
      required: ['taskId', 'endpoint', 'startedAt'],
      properties: {
        taskId: { type: 'string' },
        endpoint: { ...address, description: 'host:port that builds reach, mutual TLS' },
        privateEndpoint: { ...address, description: 'host:port that workers reach, where that is another one' },
        startedAt: instant,
      },
    },
    queued: { ...count, description: 'actions that wait for a worker' },
    running: { ...count, description: 'actions that a worker has taken' },
    idleSince: { ...instantOrNull, description: 'null while anything is queued or running' },
    pools: {
      type: 'object',
      description: 'demand of each pool; "" holds actions that no pool’s platform matches',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['queued', 'running'],
        properties: { queued: count, running: count },
      },
    },
    unmatched: {
      type: 'array',
      description:
        'what keeps the oldest action under "" from every pool: the properties of its platform that none offers, or all of them where no pool offers them together; at most 8. Absent: none is there, or nobody knows',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'value'],
        properties: { name: { type: 'string' }, value: { type: 'string' } },
      },
    },
    workers: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'pool', 'slots', 'running', 'draining', 'drained', 'actions', 'busyMs'],
        properties: {
          name: { type: 'string', description: 'ECS task id of the worker' },
          pool: { type: 'string' },
          slots: { type: 'integer', minimum: 1 },
          running: count,
          draining: { type: 'boolean', description: 'takes nothing new' },
          drained: { type: 'boolean', description: 'draining, seen empty twice, and its task no longer protected' },
          lost: {
            type: 'boolean',
            description:
              'not heard of for some seconds: busy for all that the farm knows, but not there. Absent: heard of',
          },
          current: {
            type: 'array',
            description:
              'what it runs, the longest first: at most 4 of them, and none where that is not known or the report has no room',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['what', 'since'],
              properties: {
                what: { type: 'string', description: 'kind and target of the action, or what it makes' },
                since: { ...instant, description: 'when the worker was given it' },
              },
            },
          },
          actions: { ...count, description: 'actions finished since the worker started' },
          busyMs: { ...count, description: 'sum of execution times since the worker started' },
        },
      },
    },
    totals: {
      type: 'object',
      additionalProperties: false,
      required: ['executed', 'cacheHits', 'cacheMisses', 'requeued'],
      properties: { executed: count, cacheHits: count, cacheMisses: count, requeued: count },
    },
  },
} as const;
