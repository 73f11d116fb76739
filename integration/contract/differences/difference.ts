/** A way in which moto is not as AWS documents, and the cases that show it. */

export interface Difference {
  /** What moto does, and why as far as its source tells. */
  moto: string;
  /** What AWS documents, or is reported to do where `source` says so. */
  aws: string;
  /** Page and section of AWS's documentation, or where AWS's behaviour was reported. */
  source: string;
  /** What moto answers, by the name of the case: exactly that, so that nothing else hides behind the explanation. */
  answers: Record<string, unknown>;
}
