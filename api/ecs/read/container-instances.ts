/** Reads container instances from the store. */
import type {
  ContainerInstance as WireContainerInstance,
  DescribeContainerInstancesRequest,
} from '@aws-sdk/client-ecs';
import type { CountedInstance } from '../../../model/container-instance.ts';
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import { presentContainerInstance } from '../../../model/wire/container-instance.ts';
import { resolveClusterName } from '../rules/clusters.ts';
import { checkBatch, resolveInstanceId } from '../rules/identifiers.ts';
import { both } from './both.ts';
import { requireCluster } from './clusters.ts';

/** Returns the instances that exist, by id. */
export async function readInstances(
  { store }: Pick<OperationContext, 'store'>,
  clusterName: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CountedInstance>> {
  const instances = ids.length === 0 ? [] : await store.getInstances(clusterName, ids);
  return new Map(instances.map((instance) => [instance.containerInstanceId, instance]));
}

export interface NamedInstances {
  readonly clusterName: string;
  /** Each once, in the order in which the call names them. */
  readonly ids: readonly string[];
  /** Those that exist, by id. */
  readonly found: ReadonlyMap<string, CountedInstance>;
}

/** The instances that a call names, at most so many. Throws InvalidParameterException and ClusterNotFoundException. */
export async function readNamedInstances(
  context: OperationContext,
  { cluster, containerInstances = [] }: Pick<DescribeContainerInstancesRequest, 'cluster' | 'containerInstances'>,
  most: number,
): Promise<NamedInstances> {
  checkBatch('Container instance', containerInstances, most);
  const clusterName = resolveClusterName(cluster, context);
  const scope = { clusterName, partition: context.partition };
  const ids = [...new Set(containerInstances.map((identifier) => resolveInstanceId(identifier, scope)))];
  const [, found] = await both(requireCluster(context, cluster), readInstances(context, clusterName, ids));
  return { clusterName, ids, found };
}

/** Returns the instance, whatever its status. Throws ClientException `Referenced container instance … not found.` */
export async function requireInstance(
  context: Pick<OperationContext, 'store'>,
  clusterName: string,
  id: string,
): Promise<CountedInstance> {
  const instance = (await readInstances(context, clusterName, [id])).get(id);
  if (instance === undefined) throw new EcsError('ClientException', `Referenced container instance ${id} not found.`);
  return instance;
}

/** The answer to a changing call: the instance as it is recorded now. */
export async function answerInstance(
  context: Pick<OperationContext, 'store' | 'partition'>,
  clusterName: string,
  id: string,
): Promise<{ containerInstance: WireContainerInstance }> {
  const instance = await requireInstance(context, clusterName, id);
  return { containerInstance: presentContainerInstance(instance, context.partition, { includeTags: true }) };
}
