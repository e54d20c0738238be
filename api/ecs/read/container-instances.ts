/** Container instances read from the store. */
import type { ContainerInstance as WireContainerInstance } from '@aws-sdk/client-ecs';
import type { CountedInstance } from '../../../model/container-instance.ts';
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import { presentContainerInstance } from '../../../model/wire/container-instance.ts';

/** The instances that exist, by id. */
export async function readInstances(
  { store }: Pick<OperationContext, 'store'>,
  clusterName: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CountedInstance>> {
  const instances = ids.length === 0 ? [] : await store.getInstances(clusterName, ids);
  return new Map(instances.map((instance) => [instance.containerInstanceId, instance]));
}

/** The instance, whatever its status. ClientException `Referenced container instance … not found.` */
export async function requireInstance(
  context: Pick<OperationContext, 'store'>,
  clusterName: string,
  id: string,
): Promise<CountedInstance> {
  const instance = (await readInstances(context, clusterName, [id])).get(id);
  if (instance === undefined) throw new EcsError('ClientException', `Referenced container instance ${id} not found.`);
  return instance;
}

/** What a changing call answers with: the instance as it is recorded now. */
export async function answerInstance(
  context: Pick<OperationContext, 'store' | 'partition'>,
  clusterName: string,
  id: string,
): Promise<{ containerInstance: WireContainerInstance }> {
  const instance = await requireInstance(context, clusterName, id);
  return { containerInstance: presentContainerInstance(instance, context.partition, { includeTags: true }) };
}
