/** State of the launch throttle of one service. Crosses continue-as-new as it is. */
import type { EpochMs } from '../../model/time.ts';

export interface LaunchThrottle {
  /** Tasks that stopped without ever running, in a row, in the current deployment. */
  readonly consecutiveStartFailures: number;
  /** No launch before this time. */
  readonly nextLaunchAt?: EpochMs;
}
