/** Every REST route: its method and path, and the ECS operation that answers it. */
import type { EcsErrorCode } from '../../model/errors.ts';

/** A route that shows one resource through an operation that describes many. */
interface DescribeOne {
  /** The request's member that takes the path's identifier in a list, and the answer's member that has the result. */
  readonly list: string;
  /** The 404 answer if the response's list is empty. */
  readonly missing: { readonly code: EcsErrorCode; readonly message: string };
}

export interface RestRoute {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** The path, with members of the input in braces. */
  readonly path: string;
  readonly operation: string;
  /** The HTTP status of the answer; 200 by default. */
  readonly status?: number;
  readonly one?: DescribeOne;
  /** Input members of which the path gives one value but the operation takes a list: path name → member. */
  readonly lists?: Readonly<Record<string, string>>;
}

const one = (list: string, code: EcsErrorCode, message: string): DescribeOne => ({ list, missing: { code, message } });

const CLUSTERS = '/v1/clusters';
const CLUSTER = `${CLUSTERS}/{cluster}`;
const SERVICES = `${CLUSTER}/services`;
const TASK_SETS = `${SERVICES}/{service}/task-sets`;
const TASKS = `${CLUSTER}/tasks`;
const INSTANCES = `${CLUSTER}/container-instances`;
const INSTANCE = `${INSTANCES}/{containerInstance}`;
const SERVICE_DEPLOYMENT = '/v1/service-deployments/{serviceDeploymentArn}';
const DEFINITIONS = '/v1/task-definitions';
const PROVIDERS = '/v1/capacity-providers';
const TAGS = '/v1/tags/{resourceArn}';
const SETTINGS = '/v1/account-settings';

export const REST_ROUTES: readonly RestRoute[] = [
  { method: 'get', path: CLUSTERS, operation: 'ListClusters' },
  { method: 'post', path: CLUSTERS, operation: 'CreateCluster', status: 201 },
  {
    method: 'get',
    path: CLUSTER,
    operation: 'DescribeClusters',
    lists: { cluster: 'clusters' },
    one: one('clusters', 'ClusterNotFoundException', 'Cluster not found.'),
  },
  { method: 'patch', path: CLUSTER, operation: 'UpdateCluster' },
  { method: 'patch', path: `${CLUSTER}/settings`, operation: 'UpdateClusterSettings' },
  { method: 'delete', path: CLUSTER, operation: 'DeleteCluster' },
  { method: 'put', path: `${CLUSTER}/capacity-providers`, operation: 'PutClusterCapacityProviders' },

  { method: 'get', path: PROVIDERS, operation: 'DescribeCapacityProviders' },
  { method: 'post', path: PROVIDERS, operation: 'CreateCapacityProvider', status: 201 },
  {
    method: 'get',
    path: `${PROVIDERS}/{capacityProvider}`,
    operation: 'DescribeCapacityProviders',
    lists: { capacityProvider: 'capacityProviders' },
    one: one(
      'capacityProviders',
      'ResourceNotFoundException',
      'The specified capacity provider was not found. Specify a valid name or ARN and try again.',
    ),
  },
  { method: 'patch', path: `${PROVIDERS}/{name}`, operation: 'UpdateCapacityProvider' },
  { method: 'delete', path: `${PROVIDERS}/{capacityProvider}`, operation: 'DeleteCapacityProvider' },

  { method: 'get', path: SERVICES, operation: 'ListServices' },
  { method: 'post', path: SERVICES, operation: 'CreateService', status: 201 },
  {
    method: 'get',
    path: `${SERVICES}/{service}`,
    operation: 'DescribeServices',
    lists: { service: 'services' },
    one: one('services', 'ServiceNotFoundException', 'Service not found.'),
  },
  { method: 'patch', path: `${SERVICES}/{service}`, operation: 'UpdateService' },
  { method: 'delete', path: `${SERVICES}/{service}`, operation: 'DeleteService' },

  { method: 'get', path: TASK_SETS, operation: 'DescribeTaskSets' },
  { method: 'post', path: TASK_SETS, operation: 'CreateTaskSet', status: 201 },
  { method: 'patch', path: `${TASK_SETS}/{taskSet}`, operation: 'UpdateTaskSet' },
  { method: 'delete', path: `${TASK_SETS}/{taskSet}`, operation: 'DeleteTaskSet' },
  { method: 'put', path: `${SERVICES}/{service}/primary-task-set`, operation: 'UpdateServicePrimaryTaskSet' },
  { method: 'get', path: `${SERVICES}/{service}/deployments`, operation: 'ListServiceDeployments' },
  {
    method: 'get',
    path: SERVICE_DEPLOYMENT,
    operation: 'DescribeServiceDeployments',
    lists: { serviceDeploymentArn: 'serviceDeploymentArns' },
    one: one(
      'serviceDeployments',
      'ServiceDeploymentNotFoundException',
      'The specified service deployment was not found.',
    ),
  },
  { method: 'post', path: `${SERVICE_DEPLOYMENT}/stop`, operation: 'StopServiceDeployment' },
  { method: 'post', path: `${SERVICE_DEPLOYMENT}/continue`, operation: 'ContinueServiceDeployment' },
  {
    method: 'get',
    path: '/v1/service-revisions/{serviceRevisionArn}',
    operation: 'DescribeServiceRevisions',
    lists: { serviceRevisionArn: 'serviceRevisionArns' },
    one: one('serviceRevisions', 'ResourceNotFoundException', 'The specified service revision was not found.'),
  },

  { method: 'get', path: TASKS, operation: 'ListTasks' },
  { method: 'post', path: TASKS, operation: 'RunTask', status: 201 },
  {
    method: 'get',
    path: `${TASKS}/{task}`,
    operation: 'DescribeTasks',
    lists: { task: 'tasks' },
    one: one('tasks', 'ResourceNotFoundException', 'The referenced task was not found.'),
  },
  { method: 'delete', path: `${TASKS}/{task}`, operation: 'StopTask' },
  {
    method: 'get',
    path: `${TASKS}/{task}/protection`,
    operation: 'GetTaskProtection',
    lists: { task: 'tasks' },
    one: one('protectedTasks', 'ResourceNotFoundException', 'The referenced task was not found.'),
  },
  {
    method: 'put',
    path: `${TASKS}/{task}/protection`,
    operation: 'UpdateTaskProtection',
    lists: { task: 'tasks' },
  },

  { method: 'get', path: INSTANCES, operation: 'ListContainerInstances' },
  { method: 'post', path: INSTANCES, operation: 'RegisterContainerInstance', status: 201 },
  {
    method: 'get',
    path: INSTANCE,
    operation: 'DescribeContainerInstances',
    lists: { containerInstance: 'containerInstances' },
    one: one('containerInstances', 'ResourceNotFoundException', 'The referenced container instance was not found.'),
  },
  {
    method: 'patch',
    path: INSTANCE,
    operation: 'UpdateContainerInstancesState',
    lists: { containerInstance: 'containerInstances' },
    one: one('containerInstances', 'ResourceNotFoundException', 'The referenced container instance was not found.'),
  },
  { method: 'delete', path: INSTANCE, operation: 'DeregisterContainerInstance' },
  { method: 'post', path: `${INSTANCE}/agent-update`, operation: 'UpdateContainerAgent' },
  {
    method: 'post',
    path: `${INSTANCE}/tasks`,
    operation: 'StartTask',
    status: 201,
    lists: { containerInstance: 'containerInstances' },
  },

  { method: 'get', path: `${CLUSTER}/attributes`, operation: 'ListAttributes' },
  { method: 'put', path: `${CLUSTER}/attributes`, operation: 'PutAttributes' },
  { method: 'delete', path: `${CLUSTER}/attributes`, operation: 'DeleteAttributes' },

  { method: 'get', path: DEFINITIONS, operation: 'ListTaskDefinitions' },
  { method: 'post', path: DEFINITIONS, operation: 'RegisterTaskDefinition', status: 201 },
  { method: 'post', path: `${DEFINITIONS}/delete`, operation: 'DeleteTaskDefinitions' },
  { method: 'get', path: `${DEFINITIONS}/{taskDefinition}`, operation: 'DescribeTaskDefinition' },
  { method: 'delete', path: `${DEFINITIONS}/{taskDefinition}`, operation: 'DeregisterTaskDefinition' },
  { method: 'get', path: '/v1/task-definition-families', operation: 'ListTaskDefinitionFamilies' },

  { method: 'get', path: TAGS, operation: 'ListTagsForResource' },
  { method: 'post', path: TAGS, operation: 'TagResource' },
  { method: 'delete', path: TAGS, operation: 'UntagResource' },

  { method: 'get', path: SETTINGS, operation: 'ListAccountSettings' },
  { method: 'put', path: `${SETTINGS}/{name}`, operation: 'PutAccountSetting' },
  { method: 'put', path: `${SETTINGS}/{name}/default`, operation: 'PutAccountSettingDefault' },
  { method: 'delete', path: `${SETTINGS}/{name}`, operation: 'DeleteAccountSetting' },
];
