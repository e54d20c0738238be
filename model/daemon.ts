/** What a DAEMON service sees of its cluster's instances, and the room that it claims on them ahead of other tasks. */
import type { CapacitySnapshot, SnapshotRequest } from './capacity.ts';

/** A look at all instances, whatever their number; what is free on them is left out. */
export interface DaemonLookRequest extends Pick<
  SnapshotRequest,
  'clusterName' | 'attributeNames' | 'otherGroups' | 'everyGroup'
> {
  readonly serviceName: string;
  /** Some constraint looks at `runningTasksCount`; otherwise that column may be out of date. */
  readonly countsTasks: boolean;
  /** Of the look before: while nothing has changed since, the answer holds no columns. */
  readonly knownDigest?: string;
}

export interface DaemonLook {
  /** Of the columns. */
  readonly digest: string;
  /** ACTIVE and DRAINING instances, with `status`; `cpu` and `memoryMiB` are empty. Absent: as the known digest says. */
  readonly instances?: CapacitySnapshot;
  /** DRAINING instances on which tasks of REPLICA services are left. */
  readonly busyDrainingIds: readonly string[];
  /** Changes of instances that the service had not seen before this look: see DaemonClaim. */
  readonly marks: readonly string[];
}

/**
 * Room that is kept free for the service's missing tasks, so that they come first. An instance that appears or changes is
 * marked in the service's row by the same transaction: until the service has seen it, room is kept there too.
 */
export interface DaemonClaim {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** As `80/tcp`. */
  readonly ports: readonly string[];
  /** Instances that are to have a task and have none. */
  readonly instanceIds: readonly string[];
  /** Marks that the service has seen. */
  readonly seenMarks: readonly string[];
}
