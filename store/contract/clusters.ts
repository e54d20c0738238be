/** The interface for clusters and capacity providers. */
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

/** Counters of a cluster, also by launch type for `statistics`. */
export interface ClusterCounts {
  readonly registeredContainerInstancesCount: number;
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly activeServicesCount: number;
  /** Such as `runningFargateTasksCount` → 3. */
  readonly statistics: Readonly<Record<string, number>>;
}

export interface ClusterStore {
  /** Creates the cluster, or an INACTIVE one of that name again. An ACTIVE one is returned unchanged. */
  createCluster(cluster: ClusterRecord): Promise<ClusterRecord>;
  getClusters(names: readonly string[]): Promise<readonly (ClusterRecord & ClusterCounts)[]>;
  /** Names of ACTIVE clusters, in order. */
  listClusters(page: PageRequest): Promise<Page<string>>;
  updateCluster(
    name: string,
    changes: Partial<Pick<ClusterRecord, 'settings' | 'configuration' | 'serviceConnectDefaults' | 'tags'>>,
  ): Promise<ClusterRecord>;
  /**
   * Marks the cluster INACTIVE, in one transaction with the checks. Throws ClusterContains…Exception if something is
   * left in it.
   */
  deleteCluster(name: string): Promise<ClusterRecord & ClusterCounts>;
  /**
   * Returns the ACTIVE cluster. Throws ClusterNotFoundException `Cluster not found.` or `The referenced cluster was
   * inactive.`
   */
  requireCluster(name: string): Promise<ClusterRecord>;
}

export type ClusterProviders = Pick<ClusterRecord, 'capacityProviders' | 'defaultCapacityProviderStrategy'>;

export interface CapacityProviderStore {
  /** The provider's ACTIVE instances in the cluster, and its waiting tasks there. */
  getProviderGroup(clusterName: string, name: string): Promise<ProviderGroup>;
  /** Creates the provider, or an INACTIVE one of that name again. undefined if an ACTIVE one has the name. */
  createCapacityProvider(provider: CapacityProviderRecord): Promise<CapacityProviderRecord | undefined>;
  /** undefined if no ACTIVE provider has that name. */
  updateCapacityProvider(
    name: string,
    autoScalingGroupProvider: NonNullable<CapacityProviderRecord['autoScalingGroupProvider']>,
  ): Promise<CapacityProviderRecord | undefined>;
  /** Makes the provider INACTIVE; undefined if there is none. Throws ClientException while a cluster uses it. */
  deleteCapacityProvider(name: string): Promise<CapacityProviderRecord | undefined>;
  /** Includes INACTIVE ones. */
  getCapacityProviders(names: readonly string[]): Promise<readonly CapacityProviderRecord[]>;
  /** ACTIVE providers by name, FARGATE and FARGATE_SPOT included. */
  listCapacityProviders(page: PageRequest): Promise<Page<CapacityProviderRecord>>;
  /**
   * Replaces both lists. Throws InvalidParameterException if one of the providers does not exist,
   * ResourceInUseException if a service or task of the cluster uses one that would be removed.
   */
  putClusterCapacityProviders(
    clusterName: string,
    providers: ClusterProviders,
    cause?: CallCause,
  ): Promise<ClusterRecord>;
}
