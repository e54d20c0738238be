/**
 * After the control plane was away, agents that seem disconnected may only not have reached it yet. Until a heartbeat's
 * time has passed, the caller must repeat a call that needs one of them.
 */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import type { EpochMs } from '../../model/time.ts';

export interface ReturningAgents {
  /** ACTIVE instances that were connected when the control plane went away. */
  readonly instanceIds: ReadonlySet<string>;
  /** Instances that are still silent at this time count as gone. */
  readonly until: EpochMs;
}

/** Whether some instance of the snapshot may connect in a moment. */
export const expectsAgents = (snapshot: CapacitySnapshot, returning: ReturningAgents, now: EpochMs): boolean =>
  now < returning.until &&
  snapshot.ids.some(
    (id, i) =>
      !snapshot.agentConnected[i] && (snapshot.status?.[i] ?? 'ACTIVE') === 'ACTIVE' && returning.instanceIds.has(id),
  );
