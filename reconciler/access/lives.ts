/** How long certificates live at most, and by how much clocks differ: the numbers that a change of authority reckons with. */

/** Milliseconds. */
export interface Lives {
  /** No certificate lives longer, so after this long every peer holds a bundle and a certificate of our time. */
  certificateMs: number;
  /** Between any two clocks. */
  clockSkewMs: number;
}

export const LIVES: Lives = { certificateMs: 24 * 3_600_000, clockSkewMs: 5 * 60_000 };
