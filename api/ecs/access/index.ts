/**
 * What each operation needs to be allowed, as AWS's service authorization reference has it. Computed from the validated
 * request alone, before anything is read.
 */
import type { Access, AccessOf, AccessScope } from './access.ts';
import { defined } from '../../../model/defined.ts';
import * as clusters from './clusters.ts';
import * as containerInstances from './container-instances.ts';
import * as services from './services.ts';
import * as tags from './tags.ts';
import * as taskDefinitions from './task-definitions.ts';
import * as taskSets from './task-sets.ts';
import * as tasks from './tasks.ts';

const { onCluster } = clusters;
const { onAnything } = taskDefinitions;

/** AWS authorises changes of account settings on no resource. */
const onSetting =
  (action: string): AccessOf<{ readonly name?: string }> =>
  ({ name }) => [{ action, resources: ['*'], context: defined({ 'ecs:account-setting': name }), tagged: false }];

const ACCESS: Readonly<Record<string, AccessOf<never>>> = {
  CreateCluster: clusters.createCluster,
  DescribeClusters: clusters.describeClusters,
  ListClusters: onAnything('ecs:ListClusters'),
  UpdateCluster: clusters.updateCluster,
  UpdateClusterSettings: onCluster('ecs:UpdateClusterSettings'),
  DeleteCluster: onCluster('ecs:DeleteCluster'),
  PutClusterCapacityProviders: clusters.putClusterCapacityProviders,
  CreateCapacityProvider: clusters.createCapacityProvider,
  DescribeCapacityProviders: clusters.describeCapacityProviders,
  UpdateCapacityProvider: clusters.updateCapacityProvider,
  DeleteCapacityProvider: clusters.deleteCapacityProvider,
  RegisterTaskDefinition: taskDefinitions.registerTaskDefinition,
  DescribeTaskDefinition: onAnything('ecs:DescribeTaskDefinition'),
  ListTaskDefinitions: onAnything('ecs:ListTaskDefinitions'),
  ListTaskDefinitionFamilies: onAnything('ecs:ListTaskDefinitionFamilies'),
  DeregisterTaskDefinition: onAnything('ecs:DeregisterTaskDefinition'),
  DeleteTaskDefinitions: taskDefinitions.deleteTaskDefinitions,
  RunTask: tasks.runTask,
  StartTask: tasks.startTask,
  StopTask: tasks.stopTask,
  DescribeTasks: tasks.onTasks('ecs:DescribeTasks'),
  ListTasks: tasks.listTasks,
  GetTaskProtection: tasks.onTasks('ecs:GetTaskProtection'),
  UpdateTaskProtection: tasks.onTasks('ecs:UpdateTaskProtection'),
  CreateService: services.createService,
  UpdateService: services.updateService,
  DescribeServices: services.describeServices,
  ListServices: services.listServices,
  DeleteService: services.onService('ecs:DeleteService'),
  CreateTaskSet: taskSets.createTaskSet,
  UpdateTaskSet: taskSets.onTaskSet('ecs:UpdateTaskSet'),
  DeleteTaskSet: taskSets.onTaskSet('ecs:DeleteTaskSet'),
  DescribeTaskSets: taskSets.describeTaskSets,
  UpdateServicePrimaryTaskSet: services.onService('ecs:UpdateServicePrimaryTaskSet'),
  DescribeServiceDeployments: services.describeServiceDeployments,
  ListServiceDeployments: services.listServiceDeployments,
  DescribeServiceRevisions: services.describeServiceRevisions,
  StopServiceDeployment: services.onServiceDeployment('ecs:StopServiceDeployment'),
  ContinueServiceDeployment: services.onServiceDeployment('ecs:ContinueServiceDeployment'),
  RegisterContainerInstance: containerInstances.registerContainerInstance,
  DeregisterContainerInstance: onCluster('ecs:DeregisterContainerInstance'),
  DescribeContainerInstances: containerInstances.onContainerInstances('ecs:DescribeContainerInstances'),
  ListContainerInstances: onCluster('ecs:ListContainerInstances'),
  UpdateContainerAgent: containerInstances.onContainerInstance('ecs:UpdateContainerAgent'),
  UpdateContainerInstancesState: containerInstances.onContainerInstances('ecs:UpdateContainerInstancesState'),
  PutAttributes: containerInstances.onAttributes('ecs:PutAttributes'),
  DeleteAttributes: containerInstances.onAttributes('ecs:DeleteAttributes'),
  ListAttributes: onCluster('ecs:ListAttributes'),
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  ListTagsForResource: tags.listTagsForResource,
  ListAccountSettings: onAnything('ecs:ListAccountSettings'),
  PutAccountSetting: onSetting('ecs:PutAccountSetting'),
  PutAccountSettingDefault: onSetting('ecs:PutAccountSettingDefault'),
  DeleteAccountSetting: onSetting('ecs:DeleteAccountSetting'),
};

/**
 * The accesses that a call needs, all of them. `input` is the request as the operation takes it. Throws EcsError for an
 * identifier that the operation would refuse, and Error for an operation that is not built.
 */
export function accessOf(operation: string, input: object, scope: AccessScope): readonly Access[] {
  const access = Object.hasOwn(ACCESS, operation) ? ACCESS[operation] : undefined;
  if (access === undefined) throw new Error(`It is not said what ${operation} needs to be allowed.`);
  return access(input as never, scope);
}
