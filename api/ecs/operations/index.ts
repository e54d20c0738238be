/**
 * All operations that Longshore implements: one folder and one line for each. Any other operation is refused as not
 * supported.
 */
import type { Operation } from '../../operation.ts';
import { continueServiceDeployment } from './continue-service-deployment/handler.ts';
import { createCapacityProvider } from './create-capacity-provider/handler.ts';
import { createCluster } from './create-cluster/handler.ts';
import { createService } from './create-service/handler.ts';
import { deleteAccountSetting } from './delete-account-setting/handler.ts';
import { deleteAttributes } from './delete-attributes/handler.ts';
import { deleteCapacityProvider } from './delete-capacity-provider/handler.ts';
import { deleteCluster } from './delete-cluster/handler.ts';
import { deleteService } from './delete-service/handler.ts';
import { deleteTaskDefinitions } from './delete-task-definitions/handler.ts';
import { deregisterContainerInstance } from './deregister-container-instance/handler.ts';
import { deregisterTaskDefinition } from './deregister-task-definition/handler.ts';
import { describeCapacityProviders } from './describe-capacity-providers/handler.ts';
import { describeClusters } from './describe-clusters/handler.ts';
import { describeContainerInstances } from './describe-container-instances/handler.ts';
import { describeServiceDeployments } from './describe-service-deployments/handler.ts';
import { describeServiceRevisions } from './describe-service-revisions/handler.ts';
import { describeServices } from './describe-services/handler.ts';
import { describeTaskDefinition } from './describe-task-definition/handler.ts';
import { describeTasks } from './describe-tasks/handler.ts';
import { getTaskProtection } from './get-task-protection/handler.ts';
import { listAccountSettings } from './list-account-settings/handler.ts';
import { listAttributes } from './list-attributes/handler.ts';
import { listClusters } from './list-clusters/handler.ts';
import { listContainerInstances } from './list-container-instances/handler.ts';
import { listServiceDeployments } from './list-service-deployments/handler.ts';
import { listServices } from './list-services/handler.ts';
import { listTagsForResource } from './list-tags-for-resource/handler.ts';
import { listTaskDefinitionFamilies } from './list-task-definition-families/handler.ts';
import { listTaskDefinitions } from './list-task-definitions/handler.ts';
import { listTasks } from './list-tasks/handler.ts';
import { putAccountSetting } from './put-account-setting/handler.ts';
import { putAccountSettingDefault } from './put-account-setting-default/handler.ts';
import { putAttributes } from './put-attributes/handler.ts';
import { putClusterCapacityProviders } from './put-cluster-capacity-providers/handler.ts';
import { registerContainerInstance } from './register-container-instance/handler.ts';
import { registerTaskDefinition } from './register-task-definition/handler.ts';
import { runTask } from './run-task/handler.ts';
import { startTask } from './start-task/handler.ts';
import { stopServiceDeployment } from './stop-service-deployment/handler.ts';
import { stopTask } from './stop-task/handler.ts';
import { tagResource } from './tag-resource/handler.ts';
import { untagResource } from './untag-resource/handler.ts';
import { updateCapacityProvider } from './update-capacity-provider/handler.ts';
import { updateClusterSettings } from './update-cluster-settings/handler.ts';
import { updateCluster } from './update-cluster/handler.ts';
import { updateContainerAgent } from './update-container-agent/handler.ts';
import { updateContainerInstancesState } from './update-container-instances-state/handler.ts';
import { createTaskSet } from './create-task-set/handler.ts';
import { updateTaskSet } from './update-task-set/handler.ts';
import { deleteTaskSet } from './delete-task-set/handler.ts';
import { describeTaskSets } from './describe-task-sets/handler.ts';
import { updateServicePrimaryTaskSet } from './update-service-primary-task-set/handler.ts';
import { updateService } from './update-service/handler.ts';
import { updateTaskProtection } from './update-task-protection/handler.ts';

export const operations: readonly Operation[] = [
  // clusters
  createCluster,
  describeClusters,
  listClusters,
  updateCluster,
  updateClusterSettings,
  deleteCluster,
  putClusterCapacityProviders,
  // capacity providers
  createCapacityProvider,
  describeCapacityProviders,
  updateCapacityProvider,
  deleteCapacityProvider,
  // task definitions
  registerTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitions,
  listTaskDefinitionFamilies,
  deregisterTaskDefinition,
  deleteTaskDefinitions,
  // tasks
  runTask,
  startTask,
  stopTask,
  describeTasks,
  listTasks,
  getTaskProtection,
  updateTaskProtection,
  // services
  createService,
  updateService,
  describeServices,
  listServices,
  deleteService,
  // task sets
  createTaskSet,
  updateTaskSet,
  deleteTaskSet,
  describeTaskSets,
  updateServicePrimaryTaskSet,
  // service deployments and revisions
  describeServiceDeployments,
  listServiceDeployments,
  describeServiceRevisions,
  stopServiceDeployment,
  continueServiceDeployment,
  // container instances
  registerContainerInstance,
  deregisterContainerInstance,
  describeContainerInstances,
  listContainerInstances,
  updateContainerAgent,
  updateContainerInstancesState,
  // attributes
  putAttributes,
  deleteAttributes,
  listAttributes,
  // tags
  tagResource,
  untagResource,
  listTagsForResource,
  // account settings
  listAccountSettings,
  putAccountSetting,
  putAccountSettingDefault,
  deleteAccountSetting,
];
