/** What the stage of a rollout holds back. */
import type { HookProgress } from '../../model/service-deployment.ts';
import type { EpochMs } from '../../model/time.ts';

/** What a rollout may not do at its present stage. */
export interface RolloutGate {
  /** The new deployment launches nothing yet; the older ones are kept at the desired count. */
  readonly holdsStarts: boolean;
  /** Nothing is taken away from older deployments for the new one's sake. */
  readonly keepsOld: boolean;
  /** Every stage is behind it: it completes as soon as its tasks allow. */
  readonly mayComplete: boolean;
  /** The hooks that hold it. */
  readonly awaiting: readonly HookProgress[];
  /** When time alone leads on: a bake time that ends, a hook that expires. */
  readonly wakeAt?: EpochMs;
}

/** Where no service deployment is under way, nothing is held. */
export const OPEN_GATE: RolloutGate = { holdsStarts: false, keepsOld: false, mayComplete: true, awaiting: [] };
