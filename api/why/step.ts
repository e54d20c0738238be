/** One link of the chain from an API call to the end of a container. */
import type { Decision } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';

/** What happened, on one line, and below it the causes and facts. These phrases have no full stop. */
export interface Wording {
  readonly headline: string;
  readonly details: readonly string[];
}

export interface Step extends Wording {
  readonly at: EpochMs;
  readonly kind: 'call' | 'decision' | 'task';
  /** The record behind the words. */
  readonly decision?: Decision;
}

/** Sorts by time. Steps of the same moment keep the order in which they are given. */
export const inOrder = (steps: readonly Step[]): readonly Step[] => [...steps].sort((a, b) => a.at - b.at);

/** Headline and details as one text. */
export const sentenceOf = ({ headline, details }: Wording): string => `${[headline, ...details].join('. ')}.`;
