/** Answers requests to Function URLs: finds the function, checks who may call it, invokes it. */
import { type Caller, ServiceError, type WireRequest, type WireResponse } from '../kernel.ts';
import type { Invocations } from './invocation.ts';
import { anyoneMayCallUrl } from './permissions.ts';
import type { LambdaFunction, LambdaParts } from './state.ts';
import { jsonResponse, urlEvent, urlResponse } from './url-event.ts';

const forbidden = () => jsonResponse(403, 'Forbidden', 'AccessDeniedException');

/** `caller` is who signed the request, if anyone did. */
type UrlRequests = (request: WireRequest, caller: Caller | undefined) => Promise<WireResponse>;

export function createUrlRequests({ state, world }: LambdaParts, { invoke }: Invocations): UrlRequests {
  return async (request, caller) => {
    const [, id, path] = /^\/_lambda-url\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const lambda = Object.values(state.functions).find(({ url }) => url?.id === id);
    if (!lambda?.url || !mayCall(lambda, caller)) return forbidden();
    const signer = lambda.url.authType === 'AWS_IAM' ? caller : undefined;
    try {
      return urlResponse(await invoke(lambda.name, urlEvent(request, path ?? '/', lambda.url, signer, world)));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // The client may send less, or try later; all else is the function's own fault.
      const status = [413, 429].includes(error.status) ? error.status : 502;
      return jsonResponse(status, error.message, error.code);
    }
  };
}

/** Within one account any signer may call: the local cloud does not evaluate the policies of users and roles. */
function mayCall(lambda: LambdaFunction, caller: Caller | undefined): boolean {
  return lambda.url?.authType === 'AWS_IAM' ? caller !== undefined : anyoneMayCallUrl(lambda);
}
