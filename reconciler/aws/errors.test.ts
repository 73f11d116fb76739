import { expect, it } from 'vitest';
import { errorKind } from './errors.ts';

it.each([
  ['Stack with id bbf--main--server does not exist', 'absent'],
  [
    'Stack:arn:aws:cloudformation:us-east-1:1:stack/s/1 is in UPDATE_IN_PROGRESS state and can not be updated.',
    'conflict',
  ],
  // Somebody else has continued it meanwhile.
  [
    'Stack:arn:aws:cloudformation:us-east-1:1:stack/s/1 is in UPDATE_ROLLBACK_COMPLETE state and can not continue rolling back.',
    'conflict',
  ],
  // The update that was to be cancelled has ended meanwhile.
  ['CancelUpdateStack cannot be called from current stack status', 'conflict'],
  ['Template error: unresolved dependencies', 'stalled'],
])('CloudFormation’s ValidationError %j is taken for %s', (message, kind) => {
  expect(errorKind({ name: 'ValidationError', message })).toBe(kind);
});
