/** What a program of the farm proves itself with, and whom it trusts. */

export interface TlsMaterial {
  /** PEM. */
  key: string;
  /** PEM, the leaf first. */
  certificate: string;
  /** PEM of every authority that is trusted. */
  authorities: string;
}
