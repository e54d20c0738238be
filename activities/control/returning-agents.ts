/**
 * After the control plane was away it has not heard its agents yet: that one is not connected does not mean that it is gone.
 * For as long as a heartbeat takes, the caller must repeat a call that needs one of them.
 */
import type { CapacitySnapshot } from '../../model/capacity.ts';
import type { EpochMs } from '../../model/time.ts';

export interface ReturningAgents {
  /** ACTIVE instances that were connected when the control plane went away. */
  readonly instanceIds: ReadonlySet<string>;
  /** Those that have not been heard by then are taken for gone. */
  readonly until: EpochMs;
}

/** Some instance of the snapshot may be heard in a moment. */
export const expectsAgents = (snapshot: CapacitySnapshot, returning: ReturningAgents, now: EpochMs): boolean =>
  now < returning.until &&
  snapshot.ids.some(
    (id, i) =>
      !snapshot.agentConnected[i] && (snapshot.status?.[i] ?? 'ACTIVE') === 'ACTIVE' && returning.instanceIds.has(id),
  );
