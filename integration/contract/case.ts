/** A case of the contract: something to ask of any AWS, real, local or imitated by others, and what AWS documents as the answer. */
import type { Target } from './target.ts';

export interface Case {
  /** Names the rule; unique among all cases. */
  name: string;
  /** What AWS documents, in the form that `ask` gives. Compared whole; members that are undefined count as missing. */
  documented: unknown;
  /** Puts the question to an empty cloud. May reject as the SDK does: that is answered by `refusalOf`. */
  ask(target: Target): Promise<unknown>;
}

/** Puts the service's name before those of its cases. */
export const of = (service: string, cases: Case[]): Case[] =>
  cases.map((one) => ({ ...one, name: `${service}: ${one.name}` }));

/** The answer of `target`, a refusal included. */
export const answerOf = (one: Case, target: Target): Promise<unknown> => one.ask(target).catch(refusalOf);

/** `done`, or the refusal. */
export const outcome = (call: Promise<unknown>): Promise<string> => call.then(() => 'done', refusalOf);

/** Like `outcome`, with the message: for refusals that callers can tell from others by nothing else. */
export const spoken = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    // What is no answer of AWS's, such as a page of HTML, has a message of the SDK that nobody needs.
    (error) => (error.name === 'Error' ? refusalOf(error) : `${refusalOf(error)}: ${error.message}`),
  );

/**
 * How the SDK reports a refusal: status and name, as in `412 PreconditionFailed`.
 * @throws what no service answered, such as a mistake in the case itself
 */
export function refusalOf(error: unknown): string {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === undefined) throw error;
  return `${$metadata.httpStatusCode} ${name}`;
}
