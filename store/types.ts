/**
 * The store as the rest of Longshore sees it. Implemented over Postgres, one file per resource (store/<resource>.ts);
 * `openStore` in store/index.ts puts them together. Refusals are EcsErrors; anything else thrown means the database.
 *
 * Who writes: clusters, task definitions, attributes and tags are written by the API. Tasks, services, events and
 * instances are projections that the owner's activities write; every such write carries a version.
 */
import type { Cluster, Tag } from '@aws-sdk/client-ecs';
import type { CapacitySnapshot, SnapshotRequest } from '../model/capacity.ts';
import type { Attribute, ContainerInstance, InstanceRegistration } from '../model/container-instance.ts';
import type { ServiceEvent, ServiceRecord } from '../model/service.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { TaskDefinition, TaskDefinitionRecord } from '../model/task-definition.ts';
import type { HeldResources, Task, TaskPatch } from '../model/task.ts';
import type { EpochMs } from '../model/time.ts';

/** One page of a list: `next` is the key to pass as `after` for the following page; absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

// ---- clusters ------------------------------------------------------------------------------------------------------

export interface ClusterRecord {
  readonly clusterName: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly createdAt: EpochMs;
  readonly settings: NonNullable<Cluster['settings']>;
  readonly configuration?: NonNullable<Cluster['configuration']>;
  readonly serviceConnectDefaults?: NonNullable<Cluster['serviceConnectDefaults']>;
  readonly capacityProviders: readonly string[];
  readonly defaultCapacityProviderStrategy: NonNullable<Cluster['defaultCapacityProviderStrategy']>;
  readonly tags: readonly Tag[];
}

/** Counters of a cluster, also split by launch type for `statistics`. */
export interface ClusterCounts {
  readonly registeredContainerInstancesCount: number;
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly activeServicesCount: number;
  /** E.g. `runningFargateTasksCount` → 3. */
  readonly statistics: Readonly<Record<string, number>>;
}

export interface ClusterStore {
  /** Creates it, or makes an INACTIVE one of that name new; an ACTIVE one is returned unchanged. */
  createCluster(cluster: ClusterRecord): Promise<ClusterRecord>;
  getClusters(names: readonly string[]): Promise<readonly (ClusterRecord & ClusterCounts)[]>;
  /** Names of ACTIVE clusters, in order. */
  listClusters(page: PageRequest): Promise<Page<string>>;
  updateCluster(
    name: string,
    changes: Partial<Pick<ClusterRecord, 'settings' | 'configuration' | 'serviceConnectDefaults' | 'tags'>>,
  ): Promise<ClusterRecord>;
  /** Marks it INACTIVE, in one transaction with the checks: ClusterContains…Exception when something is left in it. */
  deleteCluster(name: string): Promise<ClusterRecord & ClusterCounts>;
  /** The ACTIVE cluster. Throws ClusterNotFoundException `Cluster not found.` or `The referenced cluster was inactive.` */
  requireCluster(name: string): Promise<ClusterRecord>;
}

// ---- task definitions ----------------------------------------------------------------------------------------------

export interface TaskDefinitionStore {
  /** Gives the family's next revision number (never reused) and stores `build(revision)`. */
  registerTaskDefinition(
    family: string,
    build: (revision: number) => TaskDefinition,
    tags: readonly Tag[],
  ): Promise<TaskDefinitionRecord>;
  /** Without a revision: the family's latest ACTIVE one. */
  getTaskDefinition(family: string, revision?: number): Promise<TaskDefinitionRecord | undefined>;
  listTaskDefinitions(
    filter: { readonly family?: string; readonly status: string; readonly sort: 'ASC' | 'DESC' },
    page: PageRequest,
  ): Promise<Page<{ readonly family: string; readonly revision: number }>>;
  listFamilies(
    filter: { readonly prefix?: string; readonly status: 'ACTIVE' | 'INACTIVE' | 'ALL' },
    page: PageRequest,
  ): Promise<Page<string>>;
  /** ACTIVE → INACTIVE; an INACTIVE one stays as it is. undefined when unknown. */
  deregisterTaskDefinition(family: string, revision: number, at: EpochMs): Promise<TaskDefinitionRecord | undefined>;
  /** INACTIVE → DELETE_IN_PROGRESS, and gone at once when no task or deployment refers to it. */
  deleteTaskDefinition(family: string, revision: number, at: EpochMs): Promise<TaskDefinitionRecord | undefined>;
}

// ---- tasks ---------------------------------------------------------------------------------------------------------

export interface TaskFilter {
  readonly clusterName: string;
  readonly desiredStatus?: 'RUNNING' | 'STOPPED';
  readonly family?: string;
  readonly serviceName?: string;
  readonly startedBy?: string;
  readonly containerInstanceId?: string;
  readonly launchType?: string;
}

export interface TaskStore {
  getTasks(clusterName: string, taskIds: readonly string[]): Promise<readonly Task[]>;
  /** Ids, in a stable order. */
  listTasks(filter: TaskFilter, page: PageRequest): Promise<Page<string>>;
  /** A task whatever its cluster. */
  findTask(taskId: string): Promise<Task | undefined>;
  getRunTaskRequest(clusterName: string, clientToken: string, now: EpochMs): Promise<RunTaskRequest | undefined>;
  /** Removes STOPPED tasks older than the retention. Returns how many. */
  purgeStoppedTasks(stoppedBefore: EpochMs): Promise<number>;
}

export interface RunTaskRequest {
  readonly digest: string;
  readonly taskIds: readonly string[];
  readonly failures: readonly { readonly arn?: string; readonly reason: string; readonly detail?: string }[];
}

// ---- services ------------------------------------------------------------------------------------------------------

export interface ServiceStore {
  /** ACTIVE, DRAINING and recently INACTIVE ones, with their tags in `definition.tags`. */
  getServices(clusterName: string, names: readonly string[]): Promise<readonly ServiceRecord[]>;
  /** Newest first, at most 100. */
  getServiceEvents(clusterName: string, serviceName: string, incarnation: string): Promise<readonly ServiceEvent[]>;
  /** Names of ACTIVE services. */
  listServices(
    filter: { readonly clusterName: string; readonly launchType?: string; readonly schedulingStrategy?: string },
    page: PageRequest,
  ): Promise<Page<string>>;
}

// ---- container instances and attributes ----------------------------------------------------------------------------

export interface InstanceCounts {
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly remaining: {
    readonly cpu: number;
    readonly memoryMiB: number;
    /** Reserved and taken, as `80/tcp`. */
    readonly usedPorts: readonly string[];
    readonly freeGpuIds: readonly string[];
  };
  readonly tags: readonly Tag[];
}

export interface InstanceStore {
  getInstances(clusterName: string, ids: readonly string[]): Promise<readonly (ContainerInstance & InstanceCounts)[]>;
  listInstances(
    filter: { readonly clusterName: string; readonly status?: InstanceStatus },
    page: PageRequest,
  ): Promise<Page<string>>;
  /** Every instance that is not INACTIVE with what the cluster query language may ask; for `filter` of ListContainerInstances. */
  snapshotForQuery(clusterName: string, status?: InstanceStatus): Promise<CapacitySnapshot>;
  putAttributes(clusterName: string, instanceId: string, attributes: readonly Attribute[]): Promise<void>;
  deleteAttributes(
    clusterName: string,
    instanceId: string,
    attributes: readonly Attribute[],
  ): Promise<readonly Attribute[]>;
  listAttributes(
    filter: { readonly clusterName: string; readonly name?: string; readonly value?: string },
    page: PageRequest,
  ): Promise<Page<{ readonly instanceId: string; readonly attribute: Attribute }>>;
}

// ---- tags of tasks, services, instances (clusters and definitions keep theirs) --------------------------------------

export interface TagStore {
  /** Tags of any ECS resource; undefined when there is no such resource. */
  listTags(arn: string): Promise<readonly Tag[] | undefined>;
  /** Merges and removes in one transaction; refuses more than 50 with InvalidParameterException. False: no such resource. */
  changeTags(
    arn: string,
    change: { readonly set: readonly Tag[]; readonly remove: readonly string[] },
  ): Promise<boolean>;
}

// ---- what owners' activities write ----------------------------------------------------------------------------------

export interface OwnerWrites {
  readonly clusterName: string;
  readonly tasks: readonly TaskPatch[];
  readonly service?: ServiceRecord;
  readonly events: readonly ServiceEvent[];
}

export interface CapacityStore {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /** See design: all or nothing per task; the check and the rows in one transaction. */
  reserveTasks(input: {
    readonly clusterName: string;
    readonly tasks: readonly Task[];
    readonly runTaskRequest?: RunTaskRequest & { readonly clientToken: string; readonly createdAt: EpochMs };
  }): Promise<{
    readonly reserved: readonly { readonly taskId: string; readonly gpuIds: readonly string[] }[];
    readonly refused: readonly {
      readonly taskId: string;
      readonly containerInstanceId: string;
      readonly reason: string;
    }[];
  }>;
  /** One transaction. `freedCapacity`: a task became STOPPED. */
  recordOwner(writes: OwnerWrites): Promise<{ readonly freedCapacity: boolean }>;
  /** Names of services of the cluster that wait for capacity, longest waiting first. */
  listWaitingServices(clusterName: string, limit: number): Promise<readonly string[]>;
  recordInstance(record: {
    readonly clusterName: string;
    readonly containerInstanceId: string;
    readonly version: number;
    readonly status?: InstanceStatus;
    readonly statusReason?: string;
    readonly agentConnected?: boolean;
    readonly registration?: InstanceRegistration;
    readonly registeredAt?: EpochMs;
  }): Promise<void>;
  /** Tasks not STOPPED on one instance. */
  listInstanceTasks(containerInstanceId: string): Promise<readonly Task[]>;
  /** For tests and doctors: instances whose remaining differs from registered less held. Empty = sound. */
  checkCapacityInvariant(): Promise<
    readonly { readonly containerInstanceId: string; readonly expected: HeldResources; readonly found: HeldResources }[]
  >;
}

/** A container instance that is not INACTIVE, as its workflow knows it. */
export interface LiveInstance {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly status: InstanceStatus;
  readonly registeredAt: EpochMs;
  readonly version: number;
}

/** Over all clusters: for starting workflows again that Temporal has lost. */
export interface OwnerStore {
  /** Not INACTIVE. */
  listLiveServices(): Promise<readonly ServiceRecord[]>;
  /** Not STOPPED. */
  listLiveTasks(): Promise<readonly Task[]>;
  listLiveInstances(): Promise<readonly LiveInstance[]>;
}

export interface Store
  extends
    ClusterStore,
    TaskDefinitionStore,
    TaskStore,
    ServiceStore,
    InstanceStore,
    TagStore,
    CapacityStore,
    OwnerStore {
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
