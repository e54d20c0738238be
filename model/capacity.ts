/** The capacity behind one placement, in columns, so that thousands of instances stay small in a history. */
import type { InstanceStatus } from './status.ts';
import type { EpochMs } from './time.ts';

/** One attribute of all instances: `index[i]` points into `values`; -1 = instance i lacks it; a name-only attribute has value ''. */
export interface AttributeColumn {
  readonly values: readonly string[];
  readonly index: readonly number[];
}

/**
 * Instances of one cluster at one moment; index `i` of every column is the same instance. Holds ACTIVE instances;
 * above `SNAPSHOT_LIMIT`, instances that fit by cpu and memory come first, evenly over zones.
 */
export interface CapacitySnapshot {
  /** Digest of everything but the time: equal snapshots have equal digests. */
  readonly digest?: string;
  readonly takenAt: EpochMs;
  /** The cluster's instances that are not INACTIVE, whether or not they are in the columns. */
  readonly totalInstances: number;
  /** If the request named a capacity provider: the same count for that provider's group. */
  readonly providerInstances?: number;
  readonly ids: readonly string[];
  readonly agentConnected: readonly boolean[];
  /** The control plane has only just returned: some instances that are not connected yet may still connect. */
  readonly expectsAgents?: true;
  /** Free now: registered minus held. */
  readonly cpu: readonly number[];
  readonly memoryMiB: readonly number[];
  /**
   * Host ports that are held or reserved, by column index. An instance without held ports and with just
   * `DEFAULT_RESERVED_PORTS` reserved does not appear.
   */
  readonly usedPorts: Readonly<Record<number, readonly string[]>>;
  /** Free GPUs. */
  readonly gpuIds: Readonly<Record<number, readonly string[]>>;
  /** How many GPUs are held; an instance without held GPUs does not appear. Absent in older histories. */
  readonly heldGpus?: Readonly<Record<number, number>>;
  readonly attributes: Readonly<Record<string, AttributeColumn>>;
  readonly agentVersion: AttributeColumn;
  readonly registeredAt: readonly EpochMs[];
  readonly runningTasksCount: readonly number[];
  /** Present only when the request named `instanceIds`; otherwise all are ACTIVE. */
  readonly status?: readonly InstanceStatus[];
  /** Tasks not STOPPED (desired RUNNING) of the requested group, and of groups that an expression names, per instance. */
  readonly groupTasks: Readonly<Record<string, readonly number[]>>;
  /** The group's tasks on instances outside the columns, by the attributes that a spread may use. */
  readonly elsewhere: readonly { readonly attributes: Readonly<Record<string, string>>; readonly tasks: number }[];
}

/** The purpose of a snapshot: narrows it, and names what it must contain. */
export interface SnapshotRequest {
  readonly clusterName: string;
  readonly group: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Names of the attributes that constraints, strategies and requirements read. */
  readonly attributeNames: readonly string[];
  /** Further groups that `task:group` clauses name. */
  readonly otherGroups: readonly string[];
  /** Some `task:group` clause is a pattern: `groupTasks` must then hold every group with a task not STOPPED in the cluster. */
  readonly everyGroup?: boolean;
  /** Only instances of this capacity provider, one of the operator's. */
  readonly capacityProviderName?: string;
  /** For StartTask: only these instances, whatever their number and status. */
  readonly instanceIds?: readonly string[];
}

/** Ports that ECS reserves on every instance for the host's ssh, engine and agent. */
export const DEFAULT_RESERVED_PORTS: readonly string[] = ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'];

/** Above this number of instances a snapshot is a sample. */
export const SNAPSHOT_LIMIT = 1000;
