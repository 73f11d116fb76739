/** The action cache service: results that clients look up, and those of actions that clients ran themselves. */
import type { ActionCache } from '../store/action-cache.ts';
import { digestText, isDigest } from '../wire/digest.ts';
import type { ActionResult, Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { type Service, unary } from './calls.ts';
import type { Totals } from './totals.ts';

interface Update {
  actionDigest: Digest | null;
  actionResult: ActionResult | null;
}

function requireAction(digest: Digest | null): Digest {
  if (isDigest(digest)) return digest;
  throw new CallError(Code.INVALID_ARGUMENT, `${digestText(digest)} is no digest of an action`);
}

async function update(cache: ActionCache, { actionDigest, actionResult }: Update): Promise<ActionResult> {
  const action = requireAction(actionDigest);
  if (actionResult?.exitCode !== 0) {
    const message = `only results of successful actions are kept, and that of ${action.hash} has exit code ${actionResult?.exitCode ?? '(none)'}`;
    throw new CallError(Code.INVALID_ARGUMENT, message);
  }
  if (await cache.put(action, actionResult)) return actionResult;
  const message = `the result of ${action.hash} names blobs that are not in the store; upload them first`;
  throw new CallError(Code.FAILED_PRECONDITION, message);
}

export function actionCacheService(cache: ActionCache, totals: Totals): Service {
  return {
    name: 'build.bazel.remote.execution.v2.ActionCache',
    roles: ['client'],
    methods: {
      GetActionResult: unary(async ({ actionDigest }: { actionDigest: Digest | null }) => {
        const action = requireAction(actionDigest);
        const result = await cache.get(action);
        totals[result ? 'cacheHits' : 'cacheMisses'] += 1;
        if (result) return result;
        throw new CallError(Code.NOT_FOUND, `no complete result of action ${action.hash} is cached`);
      }),
      UpdateActionResult: unary((request: Update) => update(cache, request)),
    },
  };
}
