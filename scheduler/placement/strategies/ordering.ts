/** How one strategy ranks instances. Orderings are applied in turn: each breaks the ties of those before. */
export interface Ordering {
  /** Negative if the next task should go to `a`. */
  readonly compare: (a: number, b: number) => number;
  /** The name in explanations, and the value shown there: less is better. `chance` has no value to show. */
  readonly by: string;
  readonly value?: (instance: number) => number;
  /** A task was placed on the instance. */
  readonly record: (instance: number) => void;
  /** In a spread over an attribute: the bucket of each instance. Instances of one bucket always compare equal. */
  readonly bucketOf?: Int32Array;
}
