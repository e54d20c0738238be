/** The state of one service's launch throttle. Crosses continue-as-new unchanged. */
import type { EpochMs } from '../../model/time.ts';

export interface LaunchThrottle {
  /**
   * Tasks of the current deployment that stopped without ever running, in a row; once the throttle holds, failed
   * attempts in a row, however many tasks each launched.
   */
  readonly consecutiveStartFailures: number;
  /** No launch before this time. */
  readonly nextLaunchAt?: EpochMs;
}
