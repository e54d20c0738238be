/** The capacity that one placement is decided on: columns, so that thousands of instances stay small in a history. */
import type { InstanceStatus } from './status.ts';
import type { EpochMs } from './time.ts';

/** One attribute of all instances: `index[i]` points into `values`; -1 = instance i lacks it; a name-only attribute has value ''. */
export interface AttributeColumn {
  readonly values: readonly string[];
  readonly index: readonly number[];
}

/**
 * Instances of one cluster at one moment; column `i` of every array is the same instance. Holds ACTIVE instances;
 * above `SNAPSHOT_LIMIT` those that fit by cpu and memory are taken first, evenly over zones.
 */
export interface CapacitySnapshot {
  /** Of all the rest but the time: two snapshots that show the same have the same. */
  readonly digest?: string;
  readonly takenAt: EpochMs;
  /** Instances of the cluster that are not INACTIVE, whether or not they are in the columns. */
  readonly totalInstances: number;
  /** Present when the request named a capacity provider: the same of that provider's group. */
  readonly providerInstances?: number;
  readonly ids: readonly string[];
  readonly agentConnected: readonly boolean[];
  /** The control plane is back for a moment only: some of those that are not connected may be heard yet. */
  readonly expectsAgents?: true;
  /** Free now, registered less held. */
  readonly cpu: readonly number[];
  readonly memoryMiB: readonly number[];
  /**
   * Host ports that are held or reserved, keys are column numbers. An instance on which none is held and just
   * `DEFAULT_RESERVED_PORTS` are reserved does not appear.
   */
  readonly usedPorts: Readonly<Record<number, readonly string[]>>;
  /** Free GPUs. */
  readonly gpuIds: Readonly<Record<number, readonly string[]>>;
  /** How many are held; an instance on which none is does not appear. Absent in histories from before it was asked. */
  readonly heldGpus?: Readonly<Record<number, number>>;
  readonly attributes: Readonly<Record<string, AttributeColumn>>;
  readonly agentVersion: AttributeColumn;
  readonly registeredAt: readonly EpochMs[];
  readonly runningTasksCount: readonly number[];
  /** Present only when the request named `instanceIds`; otherwise all are ACTIVE. */
  readonly status?: readonly InstanceStatus[];
  /** Tasks not STOPPED (desired RUNNING) of the requested group, and of groups that an expression names, per instance. */
  readonly groupTasks: Readonly<Record<string, readonly number[]>>;
  /** Tasks of the requested group on instances that the columns leave out, by the attributes that a spread may use. */
  readonly elsewhere: readonly { readonly attributes: Readonly<Record<string, string>>; readonly tasks: number }[];
}

/** What a snapshot is taken for: narrows it, and names what it must contain. */
export interface SnapshotRequest {
  readonly clusterName: string;
  readonly group: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Names of the attributes that constraints, strategies and requirements look at. */
  readonly attributeNames: readonly string[];
  /** Further groups that `task:group` clauses name. */
  readonly otherGroups: readonly string[];
  /** Some `task:group` clause is a pattern: `groupTasks` must then hold every group with a task not STOPPED in the cluster. */
  readonly everyGroup?: boolean;
  /** Only instances of this capacity provider of the operator's. */
  readonly capacityProviderName?: string;
  /** For StartTask: only these instances, whatever their number and status. */
  readonly instanceIds?: readonly string[];
}

/** What ECS reserves on every instance for the host's own ssh, engine and agent. */
export const DEFAULT_RESERVED_PORTS: readonly string[] = ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'];

/** Above this number of instances a snapshot is a sample. */
export const SNAPSHOT_LIMIT = 1000;
