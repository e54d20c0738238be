/** One link of the chain from a call of the API to the end of a container. */
import type { Decision } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';

/** What happened, on one line, and below it what led to it and what is known about it. Phrases without a full stop. */
export interface Wording {
  readonly headline: string;
  readonly details: readonly string[];
}

export interface Step extends Wording {
  readonly at: EpochMs;
  readonly kind: 'call' | 'decision' | 'task';
  /** The record behind the wording. */
  readonly decision?: Decision;
}

/** Sorts by time. Steps of the same moment keep the order in which they are given. */
export const inOrder = (steps: readonly Step[]): readonly Step[] => [...steps].sort((a, b) => a.at - b.at);

/** Headline and details as one text. */
export const sentenceOf = ({ headline, details }: Wording): string => `${[headline, ...details].join('. ')}.`;
