/** The API itself writes the attributes of instances, so it also tells the workflows that a change concerns. */
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../model/container-instance.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import type { OperationContext } from '../operation.ts';
import type { AttributesByInstance } from './rules/custom-attributes.ts';

/**
 * How many waiting owners of each kind are woken at once, longest waiting first. Each one that gets something has the
 * next ones woken.
 */
const WOKEN_AT_ONCE = 20;

/**
 * Tells the workflows that attributes changed. Resolves once the cluster's DAEMON services know and, if an instance
 * joined or left the group of a capacity provider, so do the owners that wait for instances or are not balanced over
 * their zones.
 */
export async function tellOfAttributes(
  context: OperationContext,
  clusterName: string,
  changed: AttributesByInstance,
): Promise<void> {
  const { store, workflows } = context;
  const services = await store.listDaemonServices(clusterName);
  if (services.length > 0) await workflows.instancesChanged(clusterName, services);
  const names = [...changed.values()].flat().map(({ name }) => name);
  if (names.includes(CAPACITY_PROVIDER_ATTRIBUTE)) await tellOfGroups(context, clusterName);
}

async function tellOfGroups({ store, workflows }: OperationContext, clusterName: string): Promise<void> {
  const [waiting, others, unbalanced] = await Promise.all([
    store.listWaitingServices(clusterName, WOKEN_AT_ONCE),
    store.listProvisioningOwners(clusterName, WOKEN_AT_ONCE),
    store.listUnbalancedServices(clusterName, WOKEN_AT_ONCE),
  ]);
  const ofServices = [...waiting, ...unbalanced].map((service) => serviceWorkflowId(clusterName, service));
  const owners = [...new Set([...ofServices, ...others])];
  if (owners.length > 0) await workflows.capacityChanged(owners);
}
