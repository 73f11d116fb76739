/** The session in which a function acts: it is what the function runs with, and what tells whether its role can be had at all. */
import type { SessionCredentials } from './runtime.ts';
import { invalid, type LambdaParts } from './state.ts';

/** An environment's session lasts as long as STS allows: twelve hours (API AssumeRole). */
const SESSION_SECONDS = 43_200;

export const sessionOf = (parts: LambdaParts, name: string, role: string): SessionCredentials =>
  parts.issueSession({ roleArn: role, sessionName: name, durationSeconds: SESSION_SECONDS });

/** @throws ServiceError where Lambda could not act in the role that a function is to have */
export function checkRole(parts: LambdaParts, name: string, role: string): void {
  try {
    sessionOf(parts, name, role);
  } catch {
    throw invalid('The role defined for the function cannot be assumed by Lambda.');
  }
}
