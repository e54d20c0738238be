/** One reason why an instance cannot take a task. Each kind has its file in this folder. */
import type { Refusal, RefusalReason } from '../types.ts';

export interface Filter {
  readonly reason: RefusalReason;
  readonly constraint?: NonNullable<Refusal['constraint']>;
  readonly message?: string;
  /** 0 if the instance passes; else how far it is from passing, to find the closest instance. */
  readonly shortfall: (instance: number) => number;
}
