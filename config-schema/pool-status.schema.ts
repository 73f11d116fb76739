/** What status says of one pool, and what it says of the server alike. */
import { count, instant, instantOrNull } from './schema-parts.ts';

export const toldAt = {
  ...instantOrNull,
  description: 'when the desired count was last told; what ECS shows right after may be of before',
} as const;

const retryAt = { ...instant, description: 'when it is tried again, where it is a pause between two tries' } as const;

export const waiting = {
  type: 'object',
  additionalProperties: false,
  required: ['reason', 'message'],
  properties: { reason: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$' }, message: { type: 'string' }, retryAt },
  description: 'what keeps it from being as it is wanted: of its stack, or its roll-out; absent where nothing does',
} as const;

const limit = {
  type: 'object',
  additionalProperties: false,
  required: ['by', 'asked', 'askedBySpec'],
  properties: {
    by: { type: 'string', enum: ['budget', 'workersMax'] },
    asked: { ...count, description: 'how many workers it would want without any limit' },
    askedBySpec: { ...count, description: 'how many of these are asked for by its workers in the document' },
  },
  description: 'what keeps it from wanting all that is asked of it; absent where nothing does',
} as const;

export const poolStatusSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['wanted', 'because', 'desired', 'running', 'pending', 'registered', 'draining', 'lessSince'],
  properties: {
    platform: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description:
        'what its workers offer: as the document says, or said before an edit that waits for builds; absent where the pool is not in it',
    },
    architecture: { type: 'string', description: 'of its workers, as `platform`' },
    wanted: count,
    because: { type: 'string', description: 'what decided the number, for people' },
    limit,
    desired: { ...count, description: 'what ECS was told' },
    running: { ...count, description: 'tasks that ECS runs' },
    pending: count,
    registered: { ...count, description: 'workers that the farm knows' },
    draining: { type: 'array', items: { type: 'string' }, description: 'workers told to take nothing new' },
    toldAt,
    lessSince: { ...instantOrNull, description: 'since when the pool wants fewer workers than it has' },
    atOnce: { const: true, description: 'an edit took its workers away: they do not wait for scaleInAfter' },
    rolledFrom: {
      ...count,
      description:
        'how many workers it had before they began to make room for ones of a new shape; until it has so many again',
    },
    waiting,
    trouble: { type: 'string', description: 'what ECS says while workers that are wanted are missing' },
  },
} as const;
