/** Clusters and capacity providers. */
import type { Cluster, Tag } from '@aws-sdk/client-ecs';
import type { CapacityProviderRecord } from '../../model/capacity-provider.ts';
import type { CallCause } from '../../model/decision.ts';
import type { ProviderGroup } from '../../model/provider-demand.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

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
