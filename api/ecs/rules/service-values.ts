/** Checks the numbers of services. */
import { invalid } from './refusals.ts';

/** ECS's quota of tasks in a service. */
const MOST_DESIRED = 5000;
const LONGEST_GRACE_SECONDS = 2_147_483_647;

/** Refuses a desired count below 0 or above the quota. */
export function checkDesiredCount(desiredCount: number): void {
  if (desiredCount < 0) throw invalid('desiredCount must be at least 0');
  if (desiredCount > MOST_DESIRED) throw invalid(`desiredCount must be at most ${MOST_DESIRED}`);
}

/** Refuses a grace period outside ECS's range. */
export function checkGracePeriod(seconds: number): void {
  if (seconds < 0 || seconds > LONGEST_GRACE_SECONDS) {
    throw invalid(`healthCheckGracePeriodSeconds must be between 0 and ${LONGEST_GRACE_SECONDS}`);
  }
}
