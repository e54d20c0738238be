/** Why a service whose tasks fail to start waits longer and longer before the next try (ECS: "service throttle logic"). */
import type { EpochMs } from '../../model/time.ts';
import { textHash } from '../tasks/text-hash.ts';
import type { LaunchThrottle } from './types.ts';

/** ECS publishes neither the number nor the curve, only the ceiling of 27 minutes. */
export const START_FAILURES_BEFORE_THROTTLE = 3;
/** Waits after the 3rd, 4th, … start failure in a row; the last one applies to all that follow. */
export const THROTTLE_CURVE_SECONDS: readonly number[] = [60, 120, 240, 480, 960, 1620];
/** Each wait is shorter by up to this share, so that services that failed together do not retry together. */
const JITTER_SHARE = 0.1;
/** Waits after a refused placement: short at first; freed capacity wakes the service earlier anyway. */
export const PLACEMENT_RETRY_SECONDS: readonly number[] = [1, 2, 5, 10, 20, 40, 60];

const atStep = (table: readonly number[], step: number): number => table[Math.min(step, table.length - 1)] ?? 0;

/** Milliseconds to wait after this many start failures in a row; 0 while they are few. Same seed, same wait. */
export function nextLaunchDelay(consecutiveFailures: number, seed: string): number {
  if (consecutiveFailures < START_FAILURES_BEFORE_THROTTLE) return 0;
  const full = atStep(THROTTLE_CURVE_SECONDS, consecutiveFailures - START_FAILURES_BEFORE_THROTTLE) * 1000;
  const share = textHash(`${seed}/${consecutiveFailures}`) / 0x1_0000_0000;
  return Math.round(full * (1 - JITTER_SHARE * share));
}

/** The throttle after a failure; `announce`: a wait began, so `is unable to consistently start tasks` is due (once in six hours). */
export interface ThrottleStep {
  readonly throttle: LaunchThrottle;
  readonly announce: boolean;
}

/**
 * After `count` tasks stopped without ever running. Tasks launched together fail together: failures that arrive during a
 * wait belong to the attempt that began it, and one attempt moves up one step of the curve.
 */
export function afterStartFailure(throttle: LaunchThrottle, count: number, now: EpochMs, seed: string): ThrottleStep {
  if (count <= 0 || (throttle.nextLaunchAt !== undefined && now < throttle.nextLaunchAt)) {
    return { throttle, announce: false };
  }
  const before = throttle.consecutiveStartFailures;
  const consecutiveStartFailures =
    before < START_FAILURES_BEFORE_THROTTLE ? Math.min(before + count, START_FAILURES_BEFORE_THROTTLE) : before + 1;
  const delay = nextLaunchDelay(consecutiveStartFailures, seed);
  if (delay === 0) return { throttle: { consecutiveStartFailures }, announce: false };
  return { throttle: { consecutiveStartFailures, nextLaunchAt: now + delay }, announce: true };
}

/** A task of the current deployment reached RUNNING: launches continue at full speed. */
export const afterStartSuccess = (throttle: LaunchThrottle): LaunchThrottle =>
  throttle.consecutiveStartFailures === 0 && throttle.nextLaunchAt === undefined ? throttle : resetThrottle();

/** A new deployment begins with no failures. */
export const resetThrottle = (): LaunchThrottle => ({ consecutiveStartFailures: 0 });

/** Milliseconds until the next attempt after `attempts` refused placements in a row (1 = the first). */
export const placementRetryDelay = (attempts: number): number =>
  atStep(PLACEMENT_RETRY_SECONDS, Math.max(0, attempts - 1)) * 1000;
