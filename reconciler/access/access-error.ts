/** What went wrong on the way to a certificate: what happened, why, and what to do next. */

type AccessErrorCode =
  | 'NoContainerCredentials'
  | 'ContainerCredentialsUnreadable'
  | 'Unreachable'
  | 'Refused'
  | 'BadAnswer';

export class AccessError extends Error {
  readonly code: AccessErrorCode;
  /** The message without what to do next. */
  readonly said: string;
  readonly next: string;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  constructor(parts: {
    code: AccessErrorCode;
    what: string;
    why: string;
    next: string;
    status?: number;
    cause?: unknown;
  }) {
    const said = `${parts.what}: ${parts.why.replace(/\.$/, '')}`;
    super(`${said}. Next: ${parts.next}.`, { cause: parts.cause });
    this.said = said;
    this.name = 'AccessError';
    this.code = parts.code;
    this.next = parts.next;
    this.status = parts.status;
  }
}
