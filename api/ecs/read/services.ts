/** Reads services from the store, as the API shows them. */
import type { Service } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import type { OperationContext } from '../../operation.ts';
import { presentService } from '../present/service.ts';

type Reader = Pick<OperationContext, 'store' | 'partition'>;

/** Returns the service with its events. */
export async function describeService(
  { store, partition }: Reader,
  record: ServiceRecord,
  options: { readonly includeTags: boolean },
): Promise<Service> {
  const { clusterName, serviceName } = record.definition;
  const events = await store.getServiceEvents(clusterName, serviceName, record.incarnation);
  return presentService(record, events, partition, options);
}

/** Returns the service's row, whatever its status; undefined if it never existed or was purged. */
export async function findService(
  { store }: Pick<OperationContext, 'store'>,
  clusterName: string,
  serviceName: string,
): Promise<ServiceRecord | undefined> {
  const [record] = await store.getServices(clusterName, [serviceName]);
  return record;
}

/** As findService, but throws ServiceNotFoundException `Service not found.` */
export async function requireService(
  context: Pick<OperationContext, 'store'>,
  clusterName: string,
  serviceName: string,
): Promise<ServiceRecord> {
  const record = await findService(context, clusterName, serviceName);
  if (record === undefined) throw new EcsError('ServiceNotFoundException', 'Service not found.');
  return record;
}

/** The answer to a changing call: the service as it is recorded now. */
export async function answerService(
  context: Reader,
  clusterName: string,
  serviceName: string,
): Promise<{ service: Service }> {
  const record = await requireService(context, clusterName, serviceName);
  return { service: await describeService(context, record, { includeTags: true }) };
}
