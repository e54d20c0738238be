/** State of the launch throttle of one service. Crosses continue-as-new as it is. */
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
