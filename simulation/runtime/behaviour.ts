/** How simulated tasks behave: drawn once for each task when it is launched. */
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { Random, Span } from '../random.ts';

/** Times are milliseconds, shares are probabilities between 0 and 1. */
export interface TaskBehaviour {
  readonly pullMs: Span;
  /** From pulled to RUNNING. */
  readonly startMs: Span;
  /** From asked to stop to gone. */
  readonly stopMs: Span;
  /** From RUNNING to the first verdict of a health check, where the task has one. */
  readonly healthMs: Span;
  readonly slowPulls?: { readonly share: number; readonly pullMs: Span };
  /** The image cannot be pulled. */
  readonly failsToPull?: number;
  /** The essential container ends before it runs. */
  readonly failsToStart?: number;
  /** The first verdict is UNHEALTHY, and stays so. */
  readonly unhealthy?: number;
  /** RUNNING tasks that end by themselves, and when. */
  readonly exits?: { readonly share: number; readonly afterMs: Span; readonly exitCode: number };
}

/** Looked up by the image of the task's first container. */
export type BehaviourOf = (image: string) => TaskBehaviour;

export const DEFAULT_BEHAVIOUR: TaskBehaviour = {
  pullMs: { least: 100, most: 2_000 },
  startMs: { least: 50, most: 1_000 },
  stopMs: { least: 10, most: 1_500 },
  healthMs: { least: 500, most: 10_000 },
};

/** What one task is going to do. */
export interface TaskFate {
  readonly pullMs: number;
  readonly startMs: number;
  readonly stopMs: number;
  readonly healthMs: number;
  readonly failure?: 'pull' | 'start';
  readonly becomesUnhealthy: boolean;
  readonly exit?: { readonly afterMs: number; readonly exitCode: number };
}

/** Draws the same number of times whatever comes out, so that one task's fate does not shift another's. */
export function drawFate(behaviour: TaskBehaviour, random: Random): TaskFate {
  const { slowPulls, exits } = behaviour;
  const isSlow = random.next() < (slowPulls?.share ?? 0);
  const pullMs = random.within(isSlow && slowPulls ? slowPulls.pullMs : behaviour.pullMs);
  const startMs = random.within(behaviour.startMs);
  const stopMs = random.within(behaviour.stopMs);
  const healthMs = random.within(behaviour.healthMs);
  const failsToPull = random.next() < (behaviour.failsToPull ?? 0);
  const failsToStart = random.next() < (behaviour.failsToStart ?? 0);
  const becomesUnhealthy = random.next() < (behaviour.unhealthy ?? 0);
  const ends = random.next() < (exits?.share ?? 0);
  const afterMs = random.within(exits?.afterMs ?? { least: 0, most: 0 });
  return {
    pullMs,
    startMs,
    stopMs,
    healthMs,
    becomesUnhealthy,
    ...(failsToPull ? { failure: 'pull' } : failsToStart ? { failure: 'start' } : {}),
    ...(ends && exits ? { exit: { afterMs, exitCode: exits.exitCode } } : {}),
  };
}

export const imageOf = (definition: TaskDefinition): string => definition.containerDefinitions?.[0]?.image ?? '';
