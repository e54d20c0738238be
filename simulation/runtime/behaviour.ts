/** How the containers of simulated tasks behave: drawn anew for each pull and each container. */
import type { Random, Span } from '../random.ts';

/** Times are milliseconds, shares are probabilities between 0 and 1. */
export interface TaskBehaviour {
  readonly pullMs: Span;
  /** How long the engine takes to start a container. */
  readonly startMs: Span;
  /** From the stop request to the end. */
  readonly stopMs: Span;
  /** From RUNNING to the first result of the health check, if the task has one. */
  readonly healthMs: Span;
  readonly slowPulls?: { readonly share: number; readonly pullMs: Span };
  /** Share of image pulls that fail. */
  readonly failsToPull?: number;
  /** Share of tasks whose essential container ends before it runs. */
  readonly failsToStart?: number;
  /** Share of tasks whose health check turns UNHEALTHY at its first result, and stays so. */
  readonly unhealthy?: number;
  /** Share of RUNNING tasks that end by themselves, and when. */
  readonly exits?: { readonly share: number; readonly afterMs: Span; readonly exitCode: number };
}

/** Finds the behaviour by the container's image. */
export type BehaviourOf = (image: string) => TaskBehaviour;

export const DEFAULT_BEHAVIOUR: TaskBehaviour = {
  pullMs: { least: 100, most: 2_000 },
  startMs: { least: 50, most: 1_000 },
  stopMs: { least: 10, most: 1_500 },
  healthMs: { least: 500, most: 10_000 },
};

/** What one pull of an image will do. */
export interface PullFate {
  readonly ms: number;
  readonly fails: boolean;
}

/** What one container will do at each of its starts. */
export interface ContainerFate {
  readonly startMs: number;
  readonly stopMs: number;
  readonly healthMs: number;
  readonly failsToStart: boolean;
  readonly becomesUnhealthy: boolean;
  readonly exit?: { readonly afterMs: number; readonly exitCode: number };
}

/** Always draws the same number of times, so that one pull's fate does not shift another's. */
export function drawPull({ slowPulls, pullMs, failsToPull = 0 }: TaskBehaviour, random: Random): PullFate {
  const isSlow = random.next() < (slowPulls?.share ?? 0);
  const ms = random.within(isSlow && slowPulls ? slowPulls.pullMs : pullMs);
  return { ms, fails: random.next() < failsToPull };
}

export function drawFate(behaviour: TaskBehaviour, random: Random): ContainerFate {
  const { exits } = behaviour;
  const startMs = random.within(behaviour.startMs);
  const stopMs = random.within(behaviour.stopMs);
  const healthMs = random.within(behaviour.healthMs);
  const failsToStart = random.next() < (behaviour.failsToStart ?? 0);
  const becomesUnhealthy = random.next() < (behaviour.unhealthy ?? 0);
  const ends = random.next() < (exits?.share ?? 0);
  const afterMs = random.within(exits?.afterMs ?? { least: 0, most: 0 });
  const exit = ends && exits ? { exit: { afterMs, exitCode: exits.exitCode } } : {};
  return { startMs, stopMs, healthMs, failsToStart, becomesUnhealthy, ...exit };
}
