/** What the API answers to `why`, as far as the command reads it. */
import type { Decision } from '../../model/decision.ts';

export interface WhyStep {
  /** Seconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly headline: string;
  readonly details: readonly string[];
  readonly decision?: Decision;
}

export interface WhyAnswer {
  readonly message?: string;
  readonly chain?: readonly WhyStep[];
}

/** What the API answers to `why call`. */
export interface CallAnswer {
  readonly message?: string;
  readonly at?: number;
  readonly headline?: string;
  readonly details?: readonly string[];
}
