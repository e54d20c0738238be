/** What a DAEMON service sees of its cluster's instances, and the room that it claims on them ahead of other tasks. */
import type { CapacitySnapshot, SnapshotRequest } from './capacity.ts';

/** A request for all instances, whatever their number, without their free capacity. */
export interface DaemonLookRequest extends Pick<
  SnapshotRequest,
  'clusterName' | 'attributeNames' | 'otherGroups' | 'everyGroup'
> {
  readonly serviceName: string;
  /** Some constraint reads `runningTasksCount`; otherwise that column may be out of date. */
  readonly countsTasks: boolean;
  /** Digest of the previous answer: if nothing has changed since, the new answer has no columns. */
  readonly knownDigest?: string;
}

export interface DaemonLook {
  /** Digest of the columns. */
  readonly digest: string;
  /** ACTIVE and DRAINING instances, with `status`; `cpu` and `memoryMiB` are empty. Absent if the known digest still holds. */
  readonly instances?: CapacitySnapshot;
  /** DRAINING instances that still have tasks of REPLICA services. */
  readonly busyDrainingIds: readonly string[];
  /** Instance changes that the service had not seen before this look: see DaemonClaim. */
  readonly marks: readonly string[];
}

/**
 * Room reserved for the service's missing tasks, so that they come first. The transaction that records a new or changed
 * instance marks it in the service's row: until the service has seen the mark, room is reserved there, too.
 */
export interface DaemonClaim {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Such as `80/tcp`. */
  readonly ports: readonly string[];
  /** Eligible instances without a task. */
  readonly instanceIds: readonly string[];
  /** Marks that the service has seen. */
  readonly seenMarks: readonly string[];
}
