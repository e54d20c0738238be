/** The chain for a program: whole ids, and every time in ISO 8601. */
import type { WhyAnswer } from './answer.ts';

const isoTime = (ms: number): string => new Date(ms).toISOString();

export function forMachines({ chain = [], ...question }: WhyAnswer): string {
  const steps = chain.map(({ at, decision, ...step }) => ({
    at: isoTime(at * 1000),
    ...step,
    ...(decision === undefined
      ? {}
      : {
          decision: {
            ...decision,
            at: isoTime(decision.at),
            lastAt: isoTime(decision.lastAt),
            ...(decision.until === undefined ? {} : { until: isoTime(decision.until) }),
          },
        }),
  }));
  return `${JSON.stringify({ ...question, chain: steps }, undefined, 2)}\n`;
}
