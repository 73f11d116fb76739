/** A stack that failed is the evidence of why it did: it is looked at before it is deleted (decision 7). */
import { oracle } from './sight.ts';

export const failuresAreKept = oracle(
  'EVIDENCE',
  'No stack goes but by a deletion that somebody asked for: CloudFormation is never told to delete what could not be made.',
  'end',
  ({ stacks }, { mutations }) => {
    const gone = stacks.filter(({ status }) => status.startsWith('DELETE_'));
    return [...new Set(gone.map(({ name }) => name))].flatMap((name) => {
      const times = gone.filter((stack) => stack.name === name).length;
      const asked = mutations.filter(({ kind, target }) => kind === 'stack.delete' && target === name).length;
      return times > asked ? [`${times} stacks ${name} were deleted, and ${asked} deletions asked for`] : [];
    });
  },
);
