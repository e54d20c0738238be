/** Looks up the container instances whose attributes a call names. */
import type { PutAttributesRequest } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import { type AttributesByInstance, attributesByInstance } from '../rules/custom-attributes.ts';
import { requireCluster } from './clusters.ts';

/**
 * The attributes by instance. Throws ClusterNotFoundException, what `attributesByInstance` throws, and
 * TargetNotFoundException when one of the instances does not exist, before any of them is changed.
 */
export async function readAttributeTargets(
  { cluster, attributes }: Pick<PutAttributesRequest, 'cluster' | 'attributes'>,
  context: OperationContext,
): Promise<{ readonly clusterName: string; readonly groups: AttributesByInstance }> {
  const { clusterName } = await requireCluster(context, cluster);
  const groups = attributesByInstance(attributes, clusterName, context);
  await requireTargets(groups, clusterName, context);
  return { clusterName, groups };
}

async function requireTargets(
  groups: AttributesByInstance,
  clusterName: string,
  { store }: OperationContext,
): Promise<void> {
  const instances = await store.getInstances(clusterName, [...groups.keys()]);
  const found = new Set(instances.filter(({ status }) => status !== 'INACTIVE').map((i) => i.containerInstanceId));
  const lost = [...groups.keys()].find((id) => !found.has(id));
  if (lost === undefined) return;
  throw new EcsError('TargetNotFoundException', `The specified target ${lost} could not be found.`);
}
