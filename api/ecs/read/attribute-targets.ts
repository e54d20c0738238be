/** Looks up the container instances whose attributes a call names. */
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import type { AttributesByInstance } from '../rules/custom-attributes.ts';

/** Throws TargetNotFoundException if one of the instances does not exist, before the call changes any of them. */
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
