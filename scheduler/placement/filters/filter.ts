/** One reason why an instance may not take a task. Each kind is a file of this folder. */
import type { Refusal, RefusalReason } from '../types.ts';

export interface Filter {
  readonly reason: RefusalReason;
  readonly constraint?: NonNullable<Refusal['constraint']>;
  readonly message?: string;
  /** 0 when the instance passes; else how far it is from passing, to name the instance that came closest. */
  readonly shortfall: (instance: number) => number;
}
