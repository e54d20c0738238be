/**
 * ECS's categories of operations and their rates. The operations of a category share one bucket for the account and region.
 * AWS does not say where the calls of task sets and the changes of service deployments belong: here they count as changes of
 * services, and DescribeTaskSets as a read of them.
 */
import type { Rate } from './bucket.ts';

export interface Category extends Rate {
  readonly name: string;
  readonly operations: readonly string[];
}

/** `rate`: calls at once, and calls a second from then on. */
const category = (name: string, [burst, perSecond]: readonly [number, number], ...operations: string[]): Category => ({
  name,
  burst,
  perSecond,
  operations,
});

export const CATEGORIES: readonly Category[] = [
  category(
    'cluster modify',
    [20, 1],
    ...['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'UpdateClusterSettings', 'PutClusterCapacityProviders'],
  ),
  category('cluster read', [50, 20], 'DescribeClusters', 'ListClusters'),
  category('task definition modify', [20, 1], 'RegisterTaskDefinition', 'DeregisterTaskDefinition'),
  category('task definition delete', [5, 1], 'DeleteTaskDefinitions'),
  category(
    'task definition read',
    [50, 20],
    ...['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  ),
  category(
    'capacity provider modify',
    [10, 1],
    ...['CreateCapacityProvider', 'UpdateCapacityProvider', 'DeleteCapacityProvider'],
  ),
  category('capacity provider read', [50, 20], 'DescribeCapacityProviders'),
  category('tag modify', [20, 10], 'TagResource', 'UntagResource'),
  category('tag read', [50, 20], 'ListTagsForResource'),
  category('setting modify', [10, 1], ...['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting']),
  category('setting read', [50, 20], 'ListAccountSettings'),
  category(
    'cluster resource modify',
    [100, 40],
    ...['RunTask', 'StartTask', 'StopTask', 'PutAttributes', 'DeleteAttributes'],
    ...['DeregisterContainerInstance', 'UpdateContainerInstancesState'],
  ),
  category(
    'cluster resource read',
    [100, 20],
    ...['DescribeTasks', 'ListTasks', 'DescribeContainerInstances', 'ListContainerInstances', 'ListAttributes'],
  ),
  category('agent modify', [200, 120], 'RegisterContainerInstance'),
  category(
    'service modify',
    [50, 5],
    ...['CreateService', 'UpdateService', 'DeleteService'],
    ...['CreateTaskSet', 'UpdateTaskSet', 'DeleteTaskSet', 'UpdateServicePrimaryTaskSet'],
    ...['StopServiceDeployment', 'ContinueServiceDeployment'],
  ),
  category('service read', [100, 20], 'DescribeServices', 'ListServices', 'DescribeTaskSets'),
  category('service deployment read', [50, 20], 'DescribeServiceDeployments', 'ListServiceDeployments'),
  category('service revision read', [50, 20], 'DescribeServiceRevisions'),
  category('task protection', [200, 80], 'GetTaskProtection', 'UpdateTaskProtection'),
];
