/**
 * The store as the rest of Longshore sees it. Implemented over Postgres, one file per resource (store/<resource>.ts);
 * `openStore` in store/index.ts puts them together. Refusals are EcsErrors; anything else thrown means the database.
 *
 * Who writes: clusters, task definitions, attributes and tags are written by the API. Tasks, services, events and
 * instances are projections that the owner's activities write; every such write carries a version.
 */
import type { Cluster, Tag } from '@aws-sdk/client-ecs';
import type { CapacitySnapshot, SnapshotRequest } from '../model/capacity.ts';
import type { CapacityProviderRecord } from '../model/capacity-provider.ts';
import type { Attribute, CountedInstance } from '../model/container-instance.ts';
import type { DaemonLook, DaemonLookRequest } from '../model/daemon.ts';
import type { CallCause, Decision, DecisionKind } from '../model/decision.ts';
import type { InstanceRecord, OwnerRecord } from '../model/owner-record.ts';
import type { ProviderGroup } from '../model/provider-demand.ts';
import type { AssignInput, AssignResult, ReserveInput, ReserveResult, RunTaskAnswer } from '../model/reservation.ts';
import type { ServiceEvent, ServiceRecord } from '../model/service.ts';
import type { ServiceDeployment, ServiceDeploymentStatus, ServiceRevision } from '../model/service-deployment.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { TaskDefinition, TaskDefinitionRecord } from '../model/task-definition.ts';
import type { DescribedTask, HeldResources, Task } from '../model/task.ts';
import type { EpochMs } from '../model/time.ts';
import type { EventStore, WebhookStore } from './event-types.ts';
import type { Page, PageRequest } from './page.ts';
import type { ZoneStore } from './zones.ts';

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

// ---- capacity providers --------------------------------------------------------------------------------------------

export type ClusterProviders = Pick<ClusterRecord, 'capacityProviders' | 'defaultCapacityProviderStrategy'>;

export interface CapacityProviderStore {
  /** Its ACTIVE instances in the cluster, and its tasks there that wait. */
  getProviderGroup(clusterName: string, name: string): Promise<ProviderGroup>;
  /** Creates it, or makes an INACTIVE one of that name new; undefined when an ACTIVE one has the name. */
  createCapacityProvider(provider: CapacityProviderRecord): Promise<CapacityProviderRecord | undefined>;
  /** undefined: there is no ACTIVE one of that name. */
  updateCapacityProvider(
    name: string,
    autoScalingGroupProvider: NonNullable<CapacityProviderRecord['autoScalingGroupProvider']>,
  ): Promise<CapacityProviderRecord | undefined>;
  /** Makes it INACTIVE; undefined when there is none. ClientException while a cluster has it. */
  deleteCapacityProvider(name: string): Promise<CapacityProviderRecord | undefined>;
  /** INACTIVE ones too. */
  getCapacityProviders(names: readonly string[]): Promise<readonly CapacityProviderRecord[]>;
  /** ACTIVE ones by name, FARGATE and FARGATE_SPOT among them. */
  listCapacityProviders(page: PageRequest): Promise<Page<CapacityProviderRecord>>;
  /**
   * Replaces both lists. InvalidParameterException: one of them does not exist. ResourceInUseException: a service or task
   * of the cluster uses one that would go.
   */
  putClusterCapacityProviders(
    clusterName: string,
    providers: ClusterProviders,
    cause?: CallCause,
  ): Promise<ClusterRecord>;
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
  getTasks(clusterName: string, taskIds: readonly string[]): Promise<readonly DescribedTask[]>;
  /** Ids, in a stable order. */
  listTasks(filter: TaskFilter, page: PageRequest): Promise<Page<string>>;
  /** A task whatever its cluster. */
  findTask(taskId: string): Promise<Task | undefined>;
  getRunTaskRequest(clusterName: string, clientToken: string, now: EpochMs): Promise<RunTaskAnswer | undefined>;
  /** Removes STOPPED tasks older than the retention. Returns how many. */
  purgeStoppedTasks(stoppedBefore: EpochMs): Promise<number>;
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

// ---- service deployments and revisions -----------------------------------------------------------------------------

/** Where a service's history is found. */
export interface ServiceHistoryKey {
  readonly clusterName: string;
  readonly serviceName: string;
}

export interface ServiceDeploymentFilter extends ServiceHistoryKey {
  /** None: any. */
  readonly statuses: readonly ServiceDeploymentStatus[];
  /** Both exclusive. */
  readonly createdAfter?: EpochMs;
  readonly createdBefore?: EpochMs;
}

export interface ServiceHistoryStore {
  /** Those that exist, of the service's present incarnation, in no order. */
  getServiceDeployments(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceDeployment[]>;
  getServiceRevisions(key: ServiceHistoryKey, ids: readonly string[]): Promise<readonly ServiceRevision[]>;
  /** Newest first. */
  listServiceDeployments(filter: ServiceDeploymentFilter, page: PageRequest): Promise<Page<ServiceDeployment>>;
}

// ---- container instances and attributes ----------------------------------------------------------------------------

export interface InstanceStore {
  getInstances(clusterName: string, ids: readonly string[]): Promise<readonly CountedInstance[]>;
  listInstances(
    filter: { readonly clusterName: string; readonly status?: InstanceStatus },
    page: PageRequest,
  ): Promise<Page<string>>;
  /**
   * ACTIVE instances of all clusters that are connected, or were until `withinMs` before the last change of any instance:
   * read before agents are heard, those that were connected when the control plane went away.
   */
  listLastConnected(withinMs: number): Promise<readonly string[]>;
  /** Every instance that is not INACTIVE with what the cluster query language may ask; for `filter` of ListContainerInstances. */
  snapshotForQuery(clusterName: string, status?: InstanceStatus): Promise<CapacitySnapshot>;
  /** `cause`: the call, for the record. */
  putAttributes(
    clusterName: string,
    instanceId: string,
    attributes: readonly Attribute[],
    cause?: CallCause,
  ): Promise<void>;
  deleteAttributes(
    clusterName: string,
    instanceId: string,
    attributes: readonly Attribute[],
    cause?: CallCause,
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

export interface CapacityStore {
  snapshotCapacity(request: SnapshotRequest): Promise<CapacitySnapshot>;
  /**
   * See design: all or nothing per task; the check and the rows in one transaction. A task without an instance waits in
   * PROVISIONING; beyond MAX_PROVISIONING_TASKS of the cluster it is refused with `PROVISIONING` and no instance id.
   */
  reserveTasks(input: ReserveInput): Promise<ReserveResult>;
  /**
   * Gives waiting tasks their instances, under the same check as a reservation: all or nothing per task. A repeat answers
   * with the instance that a task has got already. A task that no longer waits is refused with `STOPPED`.
   */
  assignTasks(input: AssignInput): Promise<AssignResult>;
  /** Workflows of tasks of no service that wait for an instance, those waiting longest first, at most `limit` of each provider. */
  listProvisioningOwners(clusterName: string, limit: number): Promise<readonly string[]>;
  /** One transaction. `freedCapacity`: a task became STOPPED. */
  recordOwner(record: OwnerRecord): Promise<{ readonly freedCapacity: boolean }>;
  /** Names of services of the cluster that wait for capacity, longest waiting first. */
  listWaitingServices(clusterName: string, limit: number): Promise<readonly string[]>;
  /** Names of ACTIVE DAEMON services of the cluster. */
  listDaemonServices(clusterName: string): Promise<readonly string[]>;
  lookAtInstances(request: DaemonLookRequest): Promise<DaemonLook>;
  recordInstance(record: InstanceRecord): Promise<void>;
  /** Tasks not STOPPED on one instance. */
  listInstanceTasks(containerInstanceId: string): Promise<readonly Task[]>;
  /** For tests and doctors: instances whose remaining differs from registered less held. Empty = sound. */
  checkCapacityInvariant(): Promise<
    readonly { readonly containerInstanceId: string; readonly expected: HeldResources; readonly found: HeldResources }[]
  >;
}

// ---- decisions -----------------------------------------------------------------------------------------------------

/** Whose decisions: exactly one of the ids and names beside the cluster's, or the cluster's own. */
export interface DecisionFilter {
  readonly clusterName: string;
  readonly taskId?: string;
  readonly serviceName?: string;
  readonly deploymentId?: string;
  readonly containerInstanceId?: string;
  /** Calls that are about no service. Their kind is `call`. */
  readonly ofCluster?: true;
  readonly kinds?: readonly DecisionKind[];
  /** Taken first no later than this. */
  readonly until?: EpochMs;
  /** The first so many of them, not the last. */
  readonly fromFirst?: boolean;
}

export interface DecisionStore {
  /** The last so many of them, oldest first. */
  listDecisions(filter: DecisionFilter, limit: number): Promise<readonly Decision[]>;
  /** Removes those that were taken last before that time. Returns how many. */
  purgeDecisions(before: EpochMs): Promise<number>;
  /** Ids of the cluster's tasks and instances, and of its deployments, that begin so; at most `limit` each. */
  findByPrefix(
    kind: 'task' | 'instance' | 'deployment',
    found: { readonly clusterName: string; readonly prefix: string; readonly limit: number },
  ): Promise<readonly string[]>;
}

// ---- for starting workflows again ------------------------------------------------------------------------------------

/** A container instance that is not INACTIVE, as its workflow knows it. */
export interface LiveInstance {
  readonly clusterName: string;
  readonly containerInstanceId: string;
  readonly status: InstanceStatus;
  /** See InstanceRecord. */
  readonly stopTasksAt?: EpochMs;
  readonly registeredAt: EpochMs;
  readonly version: number;
}

export interface LiveOwners {
  readonly services: readonly { readonly clusterName: string; readonly serviceName: string }[];
  /** Ids of workflows; services that have tasks are among them. */
  readonly ofTasks: readonly string[];
  readonly instances: readonly { readonly clusterName: string; readonly containerInstanceId: string }[];
}

/** Over all clusters: for starting workflows again that Temporal has lost. */
export interface OwnerStore {
  /** Not INACTIVE. */
  listLiveServices(): Promise<readonly ServiceRecord[]>;
  /** Not STOPPED; of one owner, or of all. */
  listLiveTasks(ownerWorkflowId?: string): Promise<readonly Task[]>;
  /** Not INACTIVE. */
  listLiveInstances(): Promise<readonly LiveInstance[]>;
  /** Whose those are, by name only. */
  listOwners(): Promise<LiveOwners>;
}

export interface Store
  extends
    ClusterStore,
    CapacityProviderStore,
    TaskDefinitionStore,
    TaskStore,
    ServiceStore,
    ServiceHistoryStore,
    InstanceStore,
    TagStore,
    CapacityStore,
    DecisionStore,
    OwnerStore,
    EventStore,
    ZoneStore,
    WebhookStore {
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
