/** Checks settings and configuration of clusters, for CreateCluster and the updates. */
import type { ClusterConfiguration, ClusterSetting } from '@aws-sdk/client-ecs';
import { invalid, unsupported } from './refusals.ts';

const CONTAINER_INSIGHTS_VALUES = ['enabled', 'disabled', 'enhanced'];

/** Returns every setting with the requested value or the one in `kept`. Throws InvalidParameterException. */
export function resolveSettings(
  settings: readonly ClusterSetting[] | undefined,
  kept: readonly ClusterSetting[],
): ClusterSetting[] {
  const asked = new Map<string, string>();
  for (const { name, value } of settings ?? []) {
    if (name === undefined) throw invalid('The name of a cluster setting can not be empty.');
    if (value === undefined || !CONTAINER_INSIGHTS_VALUES.includes(value)) {
      throw invalid(`${name} should be one of [${CONTAINER_INSIGHTS_VALUES.join(',')}]`);
    }
    asked.set(name, value);
  }
  return kept.map(({ name = 'containerInsights', value }) => ({ name, value: asked.get(name) ?? value }));
}

/** Refuses configurations that ECS refuses, and parts that Longshore does not support. */
export function checkConfiguration(configuration: ClusterConfiguration | undefined): void {
  if (configuration?.managedStorageConfiguration !== undefined) {
    throw unsupported('configuration.managedStorageConfiguration');
  }
  const execute = configuration?.executeCommandConfiguration;
  if (execute === undefined) return;
  if (execute.logging === 'OVERRIDE' && execute.logConfiguration === undefined) {
    throw invalid('executeCommandConfiguration.logging is OVERRIDE: logConfiguration must be specified.');
  }
  if (execute.logging !== 'OVERRIDE' && execute.logConfiguration !== undefined) {
    throw invalid('logConfiguration may only be specified when executeCommandConfiguration.logging is OVERRIDE.');
  }
}
