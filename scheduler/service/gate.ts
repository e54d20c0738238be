/** What the stage of a rollout holds back. */
import type { HookProgress } from '../../model/service-deployment.ts';
import type { EpochMs } from '../../model/time.ts';

/** What a rollout must not do at its present stage. */
export interface RolloutGate {
  /** The new deployment launches nothing yet; the older ones stay at the desired count. */
  readonly holdsStarts: boolean;
  /** Older deployments lose no task to make room for the new one. */
  readonly keepsOld: boolean;
  /** The rollout has passed every stage: it completes as soon as its tasks allow. */
  readonly mayComplete: boolean;
  /** The hooks that hold the rollout back. */
  readonly awaiting: readonly HookProgress[];
  /** When time alone continues the rollout: the bake time ends, or a hook expires. */
  readonly wakeAt?: EpochMs;
}

/** Without a service deployment under way, nothing is held back. */
export const OPEN_GATE: RolloutGate = { holdsStarts: false, keepsOld: false, mayComplete: true, awaiting: [] };
