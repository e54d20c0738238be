/** Presents clusters. */
import type { Cluster, ClusterField, KeyValuePair } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { clusterArn } from '../../../model/arn.ts';
import type { ClusterCounts, ClusterRecord } from '../../../store/contract/clusters.ts';

const NO_COUNTS: ClusterCounts = {
  registeredContainerInstancesCount: 0,
  runningTasksCount: 0,
  pendingTasksCount: 0,
  activeServicesCount: 0,
  statistics: {},
};

/** The fields that a call which changes a cluster shows. */
export const CHANGE_FIELDS: readonly ClusterField[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS'];

/**
 * The cluster as the API shows it. Lists that `include` does not ask for are empty and never absent, because clients
 * read them without asking.
 */
export function presentCluster(
  cluster: ClusterRecord & Partial<ClusterCounts>,
  partition: Partition,
  include: readonly ClusterField[],
): Cluster {
  const counts = { ...NO_COUNTS, ...cluster };
  return {
    clusterArn: clusterArn(partition, cluster.clusterName),
    clusterName: cluster.clusterName,
    status: cluster.status,
    registeredContainerInstancesCount: counts.registeredContainerInstancesCount,
    runningTasksCount: counts.runningTasksCount,
    pendingTasksCount: counts.pendingTasksCount,
    activeServicesCount: counts.activeServicesCount,
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: [...cluster.defaultCapacityProviderStrategy],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    statistics: include.includes('STATISTICS') ? statisticsOf(counts) : [],
    tags: include.includes('TAGS') ? [...cluster.tags] : [],
    ...(include.includes('CONFIGURATIONS') && cluster.configuration !== undefined
      ? { configuration: cluster.configuration }
      : {}),
    ...(include.includes('ATTACHMENTS') ? { attachments: [], attachmentsStatus: 'UPDATE_COMPLETE' } : {}),
  };
}

/** The counts as names with values in text form. */
const statisticsOf = ({ statistics }: ClusterCounts): KeyValuePair[] =>
  Object.entries(statistics).map(([name, value]) => ({ name, value: String(value) }));
