/** How one strategy ranks instances. Orderings are applied in turn: each breaks the ties of those before. */
export interface Ordering {
  /** Negative when the next task rather goes to `a`. */
  readonly compare: (a: number, b: number) => number;
  /** Its name in explanations, and what it goes by there: less is better. `chance` goes by nothing that can be shown. */
  readonly by: string;
  readonly value?: (instance: number) => number;
  /** A task was placed on the instance. */
  readonly record: (instance: number) => void;
  /** Of a spread over an attribute: the bucket of each instance. Instances of one bucket always compare equal. */
  readonly bucketOf?: Int32Array;
}
