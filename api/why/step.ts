/** One link of the chain from a call of the API to the end of a container. */
import type { Decision } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';

export interface Step {
  readonly at: EpochMs;
  readonly kind: 'call' | 'decision' | 'task';
  readonly sentence: string;
  /** The record behind the sentence. */
  readonly decision?: Decision;
}

/** In the order of time; what happened in the same moment as it is given. */
export const inOrder = (steps: readonly Step[]): readonly Step[] => [...steps].sort((a, b) => a.at - b.at);
