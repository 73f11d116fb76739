/** What a program proves itself with to the other side of a connection, and whom it trusts. */

export interface TlsMaterial {
  /** PEM, without a passphrase. */
  key: string;
  /** PEM, the leaf first. */
  certificate: string;
  /** PEM of every authority that is trusted. */
  authorities: string;
}
