/** DAEMON services follow the attributes of instances, which the API writes by itself. */
import type { OperationContext } from '../../operation.ts';

/** After attributes of instances were changed: returns when the cluster's DAEMON services were told. */
export async function tellDaemonServices({ store, workflows }: OperationContext, clusterName: string): Promise<void> {
  const services = await store.listDaemonServices(clusterName);
  if (services.length > 0) await workflows.instancesChanged(clusterName, services);
}
