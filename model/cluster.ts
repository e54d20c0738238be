/** What a cluster has of its own accord. */
import type { ClusterSetting } from '@aws-sdk/client-ecs';

export const DEFAULT_CLUSTER_SETTINGS: readonly ClusterSetting[] = [{ name: 'containerInsights', value: 'disabled' }];
