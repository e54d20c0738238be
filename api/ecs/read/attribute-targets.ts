/** The container instances that a call on attributes names. */
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import type { AttributesByInstance } from '../rules/custom-attributes.ts';

/** Refuses with TargetNotFoundException when one of the instances does not exist, before any of them is changed. */
export async function requireTargets(
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
